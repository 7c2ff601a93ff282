import { afterEach, expect, it, vi } from "vitest";
import { messageOf } from "../../../src/errors.js";
import { guarded, tellListener } from "../../../src/guarded.js";

afterEach(() => void vi.restoreAllMocks());

function throwing(): never {
  throw new Error("no");
}

const hostile: readonly [string, unknown, string][] = [
  [
    "a message that throws",
    Object.defineProperty(new Error("x"), "message", { get: throwing }),
    "(its message cannot be read)",
  ],
  ["a message that is an object", Object.assign(new Error("x"), { message: { a: 1 } }), '{"a":1}'],
  ["no message", Object.assign(new Error("x"), { message: undefined }), "undefined"],
  ["a message without a text", Object.assign(new Error("x"), { message: Object.create(null) }), "{}"],
  ["a toString and a toJSON that throw", { toString: throwing, toJSON: throwing }, "[object Object]"],
  ["no prototype", Object.create(null), "{}"],
  ["text alone", "mine", "mine"],
];

it.each(hostile)("what has %s has a message", (_, thrown, message) => {
  expect(messageOf(thrown)).toBe(message);
});

it.each(hostile)("a listener that throws what has %s is warned of, at once or later", async (_, thrown, message) => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const told: [string, { code: string }] = [`a listener of tests threw: ${message}`, { code: "HOLDFAST_LISTENER" }];
  tellListener(
    () => {
      throw thrown;
    },
    1,
    "tests",
  );
  expect(warn.mock.calls).toEqual([told]);
  tellListener(() => Promise.reject(thrown), 1, "tests");
  await new Promise(setImmediate);
  expect(warn.mock.calls).toEqual([told, told]);
});

it("what is awaited but no promise is heard of too, and one whose then() throws", async () => {
  const failed = vi.fn();
  guarded(() => ({ then: (_: unknown, fail: (error: unknown) => void) => fail(new Error("later")) }), failed);
  guarded(() => Object.defineProperty({}, "then", { get: throwing }), failed);
  await new Promise(setImmediate);
  expect(failed.mock.calls.flat().sort()).toEqual(["later", "no"]);
});
