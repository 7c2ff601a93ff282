import { expect, test } from "vitest";
import type { SeenVersion } from "../../../../src/serving/repository/folder/folder-look.js";
import { type FolderState, looked, unsettled, wasRead } from "../../../../src/serving/repository/folder/folder-rule.js";

const none: FolderState = new Map();

function seen(version: number, bytes: number, mtimeMs = 1): SeenVersion {
  const model = `/m/digits/${version}/model.onnx`;
  return { name: "digits", version, model, golden: undefined, files: [{ path: model, bytes, mtimeMs, inode: 7 }] };
}

const kinds = (turn: { actions: readonly { type: string }[] }) => turn.actions.map(({ type }) => type);
const printOf = (state: FolderState, key = "digits/1") => state.get(key)!.print;

test("a version is read when it has stood still for two looks, and found when it was read", () => {
  const first = looked(none, [seen(1, 10)]);
  expect(kinds(first)).toEqual([]);
  expect(unsettled(first.state)).toBe(true);
  const second = looked(first.state, [seen(1, 10)]);
  expect(kinds(second)).toEqual(["read"]);
  expect(unsettled(second.state)).toBe(false);
  expect(kinds(looked(second.state, [seen(1, 10)]))).toEqual([]);
  const found = wasRead(second.state, "digits/1", printOf(second.state), { digest: "abc" });
  expect(found.actions).toMatchObject([{ type: "found", key: "digits/1", taken: { digest: "abc" } }]);
  expect(kinds(looked(found.state, [seen(1, 10)]))).toEqual([]);
});

test("a version that grows from look to look is never read", () => {
  let state = none;
  for (let bytes = 1; bytes < 50; bytes++) {
    const turn = looked(state, [seen(1, bytes)]);
    expect(kinds(turn)).toEqual([]);
    state = turn.state;
  }
});

test("what changes while it is read is looked at anew, and its digest is nobody's", () => {
  const { state } = looked(looked(none, [seen(1, 10)]).state, [seen(1, 10)]);
  const print = printOf(state);
  const moved = looked(state, [seen(1, 11)]);
  expect(wasRead(moved.state, "digits/1", print, { digest: "torn" })).toEqual({ state: moved.state, actions: [] });
  const torn = wasRead(state, "digits/1", print, undefined);
  expect(torn.actions).toEqual([]);
  expect(kinds(looked(torn.state, [seen(1, 10)]))).toEqual(["read"]);
});

test("what was taken and is written anew, or goes, is told", () => {
  const still = looked(looked(none, [seen(1, 10)]).state, [seen(1, 10)]).state;
  const { state } = wasRead(still, "digits/1", printOf(still), { digest: "abc" });
  expect(kinds(looked(state, [seen(1, 10, 2)]))).toEqual(["moves"]);
  expect(looked(state, [])).toMatchObject({ actions: [{ type: "gone", key: "digits/1" }], state: none });
});

test("what cannot be read is told once, until it changes", () => {
  const { state } = looked(looked(none, [seen(1, 10)]).state, [seen(1, 10)]);
  const turn = wasRead(state, "digits/1", printOf(state), "EACCES");
  expect(turn.actions).toMatchObject([{ type: "unreadable", reason: "EACCES" }]);
  expect(kinds(looked(turn.state, [seen(1, 10)]))).toEqual([]);
  expect(unsettled(looked(turn.state, [seen(1, 12)]).state)).toBe(true);
});

test("versions do not hold each other up", () => {
  const first = looked(none, [seen(1, 10), seen(2, 5)]);
  const second = looked(first.state, [seen(1, 10), seen(2, 6)]);
  expect(second.actions).toMatchObject([{ type: "read", key: "digits/1" }]);
});
