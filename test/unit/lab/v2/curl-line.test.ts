import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { curlLine } from "../../../../src/lab/v2/curl-line.js";

const post = { method: "POST", path: "v2/x" } as const;

describe("a request as a curl line", () => {
  it("is what a shell can be given", () => {
    expect(curlLine("http://h", { method: "GET", path: "v2?a=1" }, false)).toBe("curl -i 'http://h/v2?a=1'");
    expect(curlLine("http://h", { method: "HEAD", path: "v2" }, true)).toBe(
      `curl -i --head -H "Authorization: Bearer $HOLDFAST_TOKEN" 'http://h/v2'`,
    );
    const headers = { "content-type": "application/json" };
    expect(curlLine("http://h", { ...post, headers, body: Buffer.from('{"it\'s": 1}') }, false)).toBe(
      `curl -i -X POST -H 'content-type: application/json' --data-binary '{"it'\\''s": 1}' 'http://h/v2/x'`,
    );
  });

  it("keeps every byte of a body that is no text", () => {
    const body = Buffer.from([0, 0xff, 0x27, 10, 13]);
    const line = curlLine("http://h", { ...post, body }, false);
    // What curl would read.
    const [pipe] = line.split("| curl");
    expect(execFileSync("sh", ["-c", pipe!])).toEqual(body);
  });
});
