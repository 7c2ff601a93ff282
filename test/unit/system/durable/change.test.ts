import { expect, it } from "vitest";
import { changesOf } from "../../../../src/system/durable/change.js";
import { messageBytes, messageIn, stateBytes, stateIn } from "../../../../src/system/durable/pieces.js";

const state = (total: number) => stateBytes({ version: 1, value: { total }, special: false });
const fellTo = undefined;
const message = { sequence: 7, method: "add", args: [1], special: false as const };
const tail = () => messageBytes(message);

it("a message is stored, and with it the snapshot that it brought", () => {
  const [piece, base, ...more] = changesOf({ id: "app/a", seq: 4, tail, state: state(2), before: state(1), fellTo });
  expect(piece).toMatchObject({ kind: "tail", id: "app/a", seq: 4 });
  expect(base).toMatchObject({ kind: "base", id: "app/a", seq: 4 });
  expect(more).toEqual([]);
});

it("a message without a snapshot is stored alone", () => {
  expect(
    changesOf({ id: "a", seq: 1, tail, state: undefined, before: state(1), fellTo }).map(({ kind }) => kind),
  ).toEqual(["tail"]);
});

it("a message that is known to have changed nothing is not stored, and not made into bytes", () => {
  const never = () => {
    throw new Error("made into bytes");
  };
  expect(changesOf({ id: "a", seq: 1, tail: never, state: state(1), before: state(1), fellTo })).toEqual([]);
});

it("where the state before is not known, nothing is known to be unchanged", () => {
  expect(changesOf({ id: "a", seq: 1, tail, state: state(1), before: undefined, fellTo })).toHaveLength(2);
});

it("what an actor fell back to is told once more before the next snapshot, and not before", () => {
  const good = { kind: "base", id: "a", seq: 2, data: state(1) } as const;
  const ran = { id: "a", seq: 4, tail, before: undefined, fellTo: good };
  expect(changesOf({ ...ran, state: state(2) }).map(({ kind }) => kind)).toEqual(["base", "tail", "base"]);
  expect(changesOf({ ...ran, state: state(2) })[0]).toBe(good);
  expect(changesOf({ ...ran, state: undefined }).map(({ kind }) => kind)).toEqual(["tail"]);
});

it("a message and a state come back as they were", () => {
  expect(messageIn(messageBytes(message), "app/a")).toEqual(message);
  expect(stateIn(state(3), "app/a")).toEqual({ version: 1, value: { total: 3 }, special: false });
});

it.each([
  ["a state where a message should be", () => messageIn(state(1), "app/a")],
  ["a message where a state should be", () => stateIn(tail(), "app/a")],
  ["no bytes", () => stateIn(new Uint8Array(), "app/a")],
  ["other bytes", () => messageIn(new Uint8Array([1, 0xc1, 2, 3]), "app/a")],
  ["cut off", () => stateIn(state(1).subarray(0, 9), "app/a")],
])("%s is told as damage, by the name of whose it is", (_, read) => {
  expect(read).toThrow(expect.objectContaining({ code: "StoreDamaged", message: expect.stringContaining("app/a") }));
});
