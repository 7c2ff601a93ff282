import { expect, it } from "vitest";
import { letterLines, letterTable } from "../../../src/cli/dead-letters/letter-lines.js";
import { columnsOf } from "../../../src/cli/terminal/terminal-text.js";
import type { KeptLetter } from "../../../src/system/letters/dead-letters.js";
import { evidence, start } from "../observe/incident-cast.js";

const letter: KeptLetter = {
  id: 7,
  to: "app/digits",
  ask: true,
  bytes: 16,
  at: start,
  path: "app/digits/1",
  key: undefined,
  sender: "door",
  method: "classify",
  reason: "poison",
  incarnation: 2,
  shape: "[Float32Array(4)]",
  retrying: false,
  retries: 2,
  lastFailure: { at: start, code: "PoisonedMessage" },
  evidence: { ...evidence("classify", 3), charges: [{ report: 1, cause: "ended by SIGSEGV" }] },
};
const hostile = {
  ...letter,
  id: 12345,
  path: `app/${"\u001b[2J語".repeat(30)}`,
  sender: "\u202e\n",
  retries: 0,
  retrying: true,
};

it("dead letters are told in a line each, and one in full, never too long and without a payload", () => {
  expect(
    letterTable([letter, { ...letter, id: 8, retries: 0, notRetryable: "its arguments are not kept" }], 80),
  ).toEqual([
    "id  UTC       what                                  reason          retry",
    " 7  03:00:00  app/digits/1.classify                 poison          failed × 2",
    " 8  03:00:00  app/digits/1.classify                 poison          no",
  ]);
  expect(letterLines(letter, 80)).toEqual([
    "dead letter 7: app/digits/1.classify, 2026-05-01 03:00:00 UTC",
    "reason     poison",
    "from       door",
    "to         app/digits, incarnation 2",
    "arguments  [Float32Array(4)], 16 bytes, digest 00ff00ff00ff00ff (what is in them",
    "           is not shown)",
    "killed     report 1: ended by SIGSEGV",
    "retry      can be sent again",
    "retried    2 times, the last time with PoisonedMessage at 2026-05-01 03:00:00",
    "           UTC",
  ]);
  for (const width of [80, 60]) {
    for (const line of [...letterTable([hostile], width), ...letterLines(hostile, width)]) {
      expect(columnsOf(line)).toBeLessThanOrEqual(width);
      expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
    }
  }
  expect(letterTable([], 80)).toEqual(["no dead letters"]);
});
