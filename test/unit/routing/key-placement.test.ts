import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { belongsTo, type KeyPlace, placeForKey } from "../../../src/routing/keyed/key-placement.js";

function cell(id: number, more: Partial<KeyPlace> = {}): KeyPlace {
  return { id: `cell-${id}`, keys: 0, room: 1024, serves: true, ...more };
}

/** Places keys one after the other, as a group does. @returns the cell of each */
function placed(keys: readonly string[], count: number, room = 1024): number[] {
  const held = Array.from({ length: count }, () => 0);
  return keys.map((key) => {
    const at = placeForKey(
      key,
      held.map((n, i) => cell(i + 1, { keys: n, room })),
    )!;
    held[at]!++;
    return at;
  });
}

const many = Array.from({ length: 1000 }, (_, i) => `user-${i}`);

describe("where a key is to live", () => {
  it("no cell gets more than 1.25 times its part, however the keys are called, and none more than it has room for", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 1, max: 8 }),
        (keys, n) => {
          const counts = Array.from({ length: n }, (_, i) => placed(keys, n).filter((at) => at === i).length);
          expect(Math.max(...counts)).toBeLessThanOrEqual(Math.ceil((1.25 * keys.length) / n));
        },
      ),
    );
    expect(placed(many.slice(0, 8), 2, 4).filter((at) => at === 0)).toHaveLength(4);
  });

  it("a key that comes again comes to the same cell, in nine of ten cases at least", () => {
    const [first, again] = [placed(many, 4), placed(many.toReversed(), 4).toReversed()];
    const same = first.filter((at, i) => at === again[i]).length;
    expect(same).toBeGreaterThan(900);
  });

  it("of n cells, one key of n belongs to the one that joins; the others belong to whom they did", () => {
    const three = [cell(1), cell(2), cell(3)];
    const four = [...three, cell(4)];
    const owner = (key: string, of: KeyPlace[]) => of.findIndex((one) => belongsTo(one, key, of));
    const moved = many.filter((key) => owner(key, four) === 3);
    expect(moved.length).toBeGreaterThan(200);
    expect(moved.length).toBeLessThan(300);
    for (const key of many) if (owner(key, four) !== 3) expect(owner(key, four)).toBe(owner(key, three));
  });

  it("passes over a cell that waits in its back-off while another is up, and takes it where none is", () => {
    const down = cell(1, { serves: false });
    for (const key of many) expect(placeForKey(key, [down, cell(2, { keys: 5 })])).toBe(1);
    expect(placeForKey("a", [down])).toBe(0);
  });

  it("finds nothing where no cell has room", () => {
    expect(placeForKey("a", [])).toBeUndefined();
    expect(placeForKey("a", [cell(1, { keys: 4, room: 4 })])).toBeUndefined();
    expect(placeForKey("a", [cell(1, { keys: 4, room: 4 }), cell(2, { serves: false })])).toBe(1);
  });
});
