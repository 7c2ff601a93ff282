import { describe, expect, it } from "vitest";
import { DEFAULT_SLAB_BYTES, SLAB_SEGMENT_BYTES } from "../../../src/defaults.js";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";
import { Slab } from "../../../src/transport/slab.js";
import { segmentOf } from "../../../src/transport/slab-memory.js";

describe("a slab", () => {
  it("keeps a slot from others until every reference is back", () => {
    const slab = new Slab(new VirtualClock(), DEFAULT_SLAB_BYTES);
    const piece = slab.take(1_000_000)!;
    piece.retain();
    slab.give(piece);
    expect(slab.used).toBe(1);
    const others = Array.from({ length: 10 }, () => slab.take(1_000_000)!);
    expect(others).not.toContain(piece);
    // Whoever has the memory can give the reference back.
    segmentOf(piece.segment.memory).at(piece.offset).release();
    expect(slab.used).toBe(10);
    for (const other of others) slab.give(other);
    expect(slab.used).toBe(0);
  });

  it("gives nothing when it is full, and again when something was given back", () => {
    const slab = new Slab(new VirtualClock(), SLAB_SEGMENT_BYTES);
    const all = [];
    for (let piece = slab.take(1 << 20); piece; piece = slab.take(1 << 20)) all.push(piece);
    expect(all).toHaveLength(4);
    expect(new Set(all.map(({ offset }) => offset)).size).toBe(4);
    slab.give(all[2]!);
    expect(slab.take(1 << 20)).toBe(all[2]);
  });

  it("refuses to give a slot twice", () => {
    const slab = new Slab(new VirtualClock(), SLAB_SEGMENT_BYTES);
    const piece = slab.take(100)!;
    slab.give(piece);
    expect(() => slab.give(piece)).toThrow("given up already");
    const other = slab.take(100)!;
    other.retain();
    slab.give(other);
    expect(() => slab.give(other)).toThrow("given up already");
    other.release();
    expect(slab.used).toBe(0);
  });

  it("lets its memory go after a burst, and whoever else knows of it can see that", async () => {
    const clock = new VirtualClock();
    const slab = new Slab(clock, DEFAULT_SLAB_BYTES);
    const burst = Array.from({ length: 8 }, () => slab.take(1 << 20)!);
    const kept = burst.pop()!;
    const segments = new Set(burst.map(({ segment }) => segment));
    for (const piece of burst) slab.give(piece);
    kept.retain();
    slab.give(kept);
    expect(slab.held).toBe(2 * SLAB_SEGMENT_BYTES);
    await clock.advance(10_000);
    expect(slab.held).toBe(SLAB_SEGMENT_BYTES);
    kept.release();
    await clock.advance(10_000);
    expect(slab.held).toBe(0);
    expect([...segments].map(({ closed }) => closed)).toEqual([true, true]);
  });
});
