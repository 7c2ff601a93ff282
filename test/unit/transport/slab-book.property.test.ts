import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SlabBook, type Slot, slotBytesFor } from "../../../src/transport/slab-book.js";

const limits = { bytes: 1 << 20, segmentBytes: 1 << 16 };

function book() {
  const open = new Map<number, { slots: number; slotBytes: number }>();
  const made = new SlabBook(limits, {
    open: (id, slots, slotBytes) => {
      expect(open.has(id)).toBe(false);
      open.set(id, { slots, slotBytes });
    },
    close: (id) => expect(open.delete(id)).toBe(true),
  });
  const held = () => [...open.values()].reduce((sum, { slots, slotBytes }) => sum + slots * slotBytes, 0);
  return { made, open, held };
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("take" as const), bytes: fc.integer({ min: 0, max: 300_000 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("free" as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("idle" as const), ms: fc.integer({ min: 0, max: 50 }) }) },
);

describe("the slab's book", () => {
  it("never gives one slot twice, never more than its bound, and has all back at the end", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { made, open, held } = book();
        const taken: Slot[] = [];
        let now = 0;
        for (const one of steps) {
          now += 10;
          if (one.do === "take") {
            const slot = made.take(one.bytes);
            if (slot) {
              expect(slot.bytes).toBeGreaterThanOrEqual(one.bytes);
              expect(slot.index).toBeLessThan(open.get(slot.segment)!.slots);
              expect(taken.some((other) => other.segment === slot.segment && other.index === slot.index)).toBe(false);
              taken.push(slot);
            } else {
              // Full: not even with every idle segment closed would one more fit.
              const bytes = slotBytesFor(one.bytes);
              const segment = bytes * Math.max(1, Math.floor(limits.segmentBytes / bytes));
              const busy = new Set(taken.map(({ segment: id }) => id));
              expect([...open.keys()].every((id) => busy.has(id))).toBe(true);
              expect(held() + segment).toBeGreaterThan(limits.bytes);
            }
          } else if (one.do === "free") {
            const [slot] = taken.splice(one.which % (taken.length || 1), 1);
            if (slot) {
              made.free(slot, now);
              expect(() => made.free(slot, now)).toThrow(/free already/);
            }
          } else made.closeIdle(now - one.ms);
          expect(made.held).toBe(held());
          expect(made.held).toBeLessThanOrEqual(limits.bytes);
          expect(made.used).toBe(taken.length);
          for (const { segment } of taken) expect(open.has(segment)).toBe(true);
        }
        for (const slot of taken) made.free(slot, now);
        expect(made.closeIdle(now)).toBe(false);
        expect(made.held).toBe(0);
        expect(open.size).toBe(0);
      }),
    );
  });

  it("wastes at most a quarter of a slot", () => {
    fc.assert(
      fc.property(fc.integer({ min: 4096, max: 1 << 30 }), (bytes) => {
        const slot = slotBytesFor(bytes);
        expect(slot).toBeGreaterThanOrEqual(bytes);
        expect(slot).toBeLessThanOrEqual(bytes * 1.25 + 1024);
      }),
    );
  });

  it("closes a segment only after it was idle for long enough", () => {
    const { made, open } = book();
    made.free(made.take(5000)!, 100);
    expect(made.closeIdle(99)).toBe(true);
    expect(open.size).toBe(1);
    expect(made.closeIdle(100)).toBe(false);
    expect(open.size).toBe(0);
  });
});
