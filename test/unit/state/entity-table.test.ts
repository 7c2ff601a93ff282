import fc from "fast-check";
import { expect, it } from "vitest";
import { EntityTable } from "../../../src/state/entity-table.js";
import type { StoreChange } from "../../../src/system/durable/store.js";

interface P {
  seq: number;
  length: number;
}

const data = new Uint8Array(10);
const base = (seq: number, id = "a"): StoreChange => ({ kind: "base", id, seq, data });
const tail = (seq: number, id = "a"): StoreChange => ({ kind: "tail", id, seq, data });
const drop = (seq: number, id = "a"): StoreChange => ({ kind: "drop", id, seq });
const forget = (id = "a"): StoreChange => ({ kind: "forget", id });

function tableOf(changes: readonly StoreChange[], table = new EntityTable<P>()): EntityTable<P> {
  for (const change of changes) {
    table.apply(change, "seq" in change ? { seq: change.seq, length: 10 } : undefined);
  }
  return table;
}

function shape(table: { get(id: string): { bases: readonly P[]; tail: readonly P[] } | undefined }, id = "a") {
  const entity = table.get(id);
  return entity && [entity.bases.map(({ seq }) => seq), entity.tail.map(({ seq }) => seq)];
}

it("keeps the newest base, the one before, and the tail since that one", () => {
  expect(shape(tableOf([base(4), tail(5), tail(6), base(7), tail(8)]))).toEqual([
    [7, 4],
    [5, 6, 8],
  ]);
  expect(shape(tableOf([base(4), tail(5), tail(6), base(7), tail(8), base(9)]))).toEqual([[9, 7], [8]]);
});

it("keeps the whole tail until there are two bases: the beginning is the base before the first", () => {
  expect(shape(tableOf([tail(1), tail(2), base(2), tail(3)]))).toEqual([[2], [1, 2, 3]]);
});

it("a base takes the place of those of its own and of later moments", () => {
  expect(shape(tableOf([base(4), base(7), base(7)]))).toEqual([[7, 4], []]);
  expect(shape(tableOf([base(4), base(7), base(5)]))).toEqual([[5, 4], []]);
  expect(shape(tableOf([base(4), base(7), base(3)]))).toEqual([[3], []]);
});

it("a tail is in order, whatever order it came in, and one of the same number takes the old one's place", () => {
  expect(shape(tableOf([tail(5), tail(3), tail(4), tail(5)]))).toEqual([[], [3, 4, 5]]);
});

it("has no entity of which nothing is left", () => {
  expect([...tableOf([tail(1), tail(2), drop(1), drop(2)]).ids()]).toEqual([]);
  expect([...tableOf([base(1), forget(), tail(1, "b"), drop(9, "c")]).ids()]).toEqual(["b"]);
});

it("weighs what it keeps, and nothing else", () => {
  const table = tableOf([base(4), tail(5), tail(6), base(7), tail(8), base(9)]);
  expect(table.bytes).toBe(3 * 11);
  tableOf([drop(8), forget()], table);
  expect(table.bytes).toBe(0);
});

const change = fc.oneof(
  ...[base, tail, drop].map((make) =>
    fc.tuple(fc.nat(12), fc.constantFrom("a", "b")).map(([seq, id]) => make(seq, id)),
  ),
  fc.constantFrom("a", "b").map(forget),
);

it("a picture does not change, its bytes are those of its pieces, and its pieces told again give the same table", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), fc.array(change, { maxLength: 20 }), (before, after) => {
      const table = tableOf(before);
      const picture = table.picture();
      const seen = ["a", "b"].map((id) => shape(picture, id));
      tableOf(after, table);
      expect(["a", "b"].map((id) => shape(picture, id))).toEqual(seen);
      expect(["a", "b"].map((id) => shape(table, id))).toEqual(
        ["a", "b"].map((id) => shape(tableOf([...before, ...after]), id)),
      );
      const pieces = ["a", "b"].flatMap((id) => [...(table.get(id)?.bases ?? []), ...(table.get(id)?.tail ?? [])]);
      expect(table.bytes).toBe(pieces.length * 11);
    }),
  );
});
