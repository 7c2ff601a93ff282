import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { fakeServer, type Mutation } from "../unit/lab/v2/fake-server.js";
import { holdfast } from "./command-line.js";

const silentId: Mutation = (sent) => {
  const { id: _, ...rest } = (sent.json ?? {}) as Record<string, unknown>;
  return Array.isArray(sent.json) ? undefined : { ...sent, json: rest };
};
const headless: Mutation = (sent, got) => (got.method === "HEAD" ? { ...sent, status: 405 } : undefined);

/** A busy machine answers late, and is not wrong. */
const patient = ["--timeout", "50s"];

describe("holdfast check-v2", () => {
  it("says what holds of a server, and ends well where all does", async () => {
    const { url } = await fakeServer();
    const { code, out, err } = await holdfast(["check-v2", `${url}/v2/`, "--only", "repository", ...patient]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^ {2}pass {2}repository\.ready +the index of what is ready lists nothing else$/m);
    expect(out).toMatch(/^ {2}skip {2}repository\.reload .*allow it with --reload$/m);
    expect(out).toMatch(/^fake 1, tried on echo, sum: \d+ passed, 0 failed, 1 skipped; all that is required holds$/m);
  });

  it("tells what failed, by which sentence, and how to see it", async () => {
    const { url } = await fakeServer(silentId);
    const { code, out } = await holdfast(["check-v2", url, "--model", "sum", "--only", "infer", ...patient], {
      env: { HOLDFAST_TOKEN: "s3cret" },
    });
    expect(code).toBe(1);
    const [line] = /FAIL {2}infer\.id[\s\S]*?\n.*curl.*\n/.exec(out)!;
    expect(line).toContain('id is undefined, given was "check-42"');
    expect(line).toContain('inference_rest.md: "An identifier for this request.');
    expect(line).toContain("curl -i -X POST");
    expect(line).toContain(`'${url}/v2/models/sum/infer'`);
    expect(line).toContain("$HOLDFAST_TOKEN");
    expect(out).not.toContain("s3cret");
    expect(out).toMatch(/1 failed \(1 required\), \d+ skipped; it does not conform/);
  });

  it("ends well where only what is expected fails", async () => {
    const { url } = await fakeServer(headless);
    const { code, out } = await holdfast(["check-v2", url, "--only", "http", ...patient]);
    expect(code).toBe(0);
    expect(out).toMatch(/fail {2}http\.head .* \(expected, not required\)/);
  });

  it("gives its report to programs, and takes inputs that it cannot guess", async () => {
    const { url, requests } = await fakeServer();
    const folder = mkdtempSync(join(tmpdir(), "holdfast-check-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, "inputs.json");
    const input = { datatype: "INT32", shape: [1, 4], data: [7, 7, 7, 7] };
    writeFileSync(file, JSON.stringify({ inputs: ["a", "b"].map((name) => ({ name, ...input })) }));
    const { code, out } = await holdfast([
      "check-v2",
      url,
      "--json",
      "--model",
      "sum",
      "--inputs",
      file,
      "--only",
      "infer.json",
      ...patient,
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      conforms: true,
      models: ["sum"],
      findings: [{ id: "infer.json", outcome: "pass" }],
    });
    const inferences = requests.filter(({ path }) => path.endsWith("/infer"));
    expect(inferences.at(-1)!.json).toMatchObject({ inputs: [{ data: [7, 7, 7, 7] }, { data: [7, 7, 7, 7] }] });
  });
});
