import { expect, it } from "vitest";
import { checkV2Command } from "../../../src/cli/check-v2/check-v2.js";
import { findingLines } from "../../../src/cli/check-v2/check-v2-lines.js";
import { painter } from "../../../src/cli/terminal/paint.js";

it.for([
  [["http://127.0.0.1:1"], 1, "no server answers at http://127.0.0.1:1 (connect ECONNREFUSED"],
  [["nowhere"], 2, 'the url is "nowhere": give one such as'],
  [[], 2, "check-v2 takes one url, not 0"],
  [["http://x", "--inputs", "a.json"], 2, "name it with --model"],
  [["http://x", "--model", "m", "--inputs", "/nowhere.json"], 2, "--inputs /nowhere.json cannot be read"],
  [["http://x", "--only", "infre"], 2, 'no requirement is called "infre": did you mean "infer"?'],
  [["http://x", "--timeout", "soon"], 2, '--timeout is "soon"'],
  [["http://x", "--josn"], 2, "Unknown option '--josn'"],
] as const)("holdfast check-v2 with %j ends with %i", async ([args, exitCode, message]) => {
  await expect(checkV2Command([...args])).rejects.toMatchObject({
    exitCode,
    message: expect.stringContaining(message),
  });
});

it("what a server said cannot move the cursor of whoever reads the table", () => {
  const finding = {
    id: "infer.id",
    title: "the id of the request comes back",
    level: "required",
    outcome: "fail",
    why: "the status is 500\n\x1b[2J",
    says: "An identifier for this request.",
    source: "inference_rest.md",
    curl: ["curl -i 'http://h'"],
  } as const;
  expect(findingLines(finding, painter(false))).toEqual([
    "  FAIL  infer.id                           the id of the request comes back",
    "          the status is 500 \ufffd[2J",
    '          inference_rest.md: "An identifier for this request."',
    "          curl -i 'http://h'",
  ]);
});
