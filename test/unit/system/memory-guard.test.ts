import { describe, expect, it } from "vitest";
import type { Cell } from "../../../src/system/cell/cell.js";
import type { EventFan } from "../../../src/system/events.js";
import { MemoryGuard } from "../../../src/system/memory/memory-guard.js";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";

function thread(place: string, bytes: number): Cell {
  const control = { beat: () => 1, memory: () => ({ heap: bytes, external: 0 }) };
  const cell = { spec: { isolation: "thread" }, place, alive: true, held: false, roll: new Map() };
  return { ...cell, host: { name: place, control } } as unknown as Cell;
}

describe("a process that is too heavy", () => {
  it("has another thread recycled when the heaviest may not be restarted, and asks for that one again after all others", async () => {
    const clock = new VirtualClock();
    const asked: string[] = [];
    const restart = (path: string) => {
      asked.push(path);
      return false;
    };
    const events = { emit: () => {} } as unknown as EventFan;
    const guard = new MemoryGuard({ clock, events, rssBytes: 100, rss: () => 200, restart });
    for (const [place, bytes] of [
      ["a", 5],
      ["b", 9],
      ["c", 7],
    ] as const)
      guard.add(thread(place, bytes));
    // Pauses of 1, 2 and 4 s follow.
    await clock.advance(12_000);
    expect(asked).toEqual(["b", "c", "a", "b"]);
    guard.close();
  });
});

describe("the largest of all", () => {
  const set = (...cells: readonly [string, "thread" | "fork", number][]) => {
    const told: unknown[] = [];
    const restarted: string[] = [];
    const clock = new VirtualClock();
    const may = { restart: true };
    const guard = new MemoryGuard({
      clock,
      events: { emit: (event: unknown) => told.push(event) } as unknown as EventFan,
      rssBytes: undefined,
      rss: () => 0,
      restart: (path) => may.restart && restarted.push(path) > 0,
    });
    const held: Record<string, { alive?: boolean; roll: Map<string, { busy: boolean; pump(): void }> }> = {};
    for (const [place, isolation, bytes] of cells) {
      const cell = thread(place, isolation === "thread" ? bytes : 1);
      const resident = isolation === "fork" ? bytes : 0;
      const control = { beat: () => 1, memory: () => ({ heap: 1, external: bytes - 1, resident }) };
      const given = { ...cell, roll: new Map(), spec: { isolation }, host: { name: place, control } };
      held[place] = given;
      guard.add(given as unknown as Cell);
    }
    return { guard, told, restarted, clock, may, held };
  };

  it("is recycled, though it has no limit of its own, and the event says why", async () => {
    const { guard, told, restarted } = set(["a", "thread", 5], ["b", "thread", 9], ["c", "fork", 7]);
    expect(guard.recycleLargest("memory is 93 %", false)).toEqual({ path: "b", host: "b", bytes: 9, forMs: 0 });
    await Promise.resolve();
    expect(restarted).toEqual(["b"]);
    const told1 = { type: "recycled", path: "b", host: "b", what: "rule", bytes: 9, why: "memory is 93 %", tookMs: 0 };
    expect(told).toEqual([told1]);
  });

  it("is no process where only threads count, and nobody who was asked before", async () => {
    const { guard } = set(["a", "thread", 5], ["b", "fork", 9]);
    expect(guard.recycleLargest("why", true)?.path).toBe("a");
    await Promise.resolve();
    expect(guard.recycleLargest("why", true)).toBe(undefined);
    expect(guard.recycleLargest("why", false)?.path).toBe("b");
    await Promise.resolve();
    expect(guard.recycleLargest("why", false)).toBe(undefined);
  });

  it("is told as recycled when it has finished its work, and no other is asked before", async () => {
    const { guard, told, restarted, clock, held } = set(["a", "thread", 5], ["b", "thread", 9]);
    const work = { busy: true, pump: () => {} };
    held.b!.roll.set("b", work);
    expect(guard.recycleLargest("why", false)?.path).toBe("b");
    await clock.advance(20_000);
    expect(told).toEqual([]);
    expect(guard.recycleLargest("why", false)).toEqual({ path: "b", host: "b", bytes: 9, forMs: 20_000 });
    work.busy = false;
    await clock.advance(10);
    expect(restarted).toEqual(["b"]);
    expect(told).toEqual([expect.objectContaining({ type: "recycled", path: "b", tookMs: 20_005 })]);
    expect(guard.recycleLargest("why", false)?.path).toBe("a");
  });

  it("holds up the next one for a minute at most, whatever it executes", async () => {
    const { guard, told, clock, held } = set(["a", "thread", 5], ["b", "thread", 9]);
    held.b!.roll.set("b", { busy: true, pump: () => {} });
    guard.recycleLargest("why", false);
    await clock.advance(60_005);
    expect(told).toEqual([expect.objectContaining({ type: "recycled", path: "b", tookMs: 60_000 })]);
    expect(guard.recycleLargest("why", false)?.path).toBe("a");
  });

  it("is told as not recycled when it may not be restarted, or has died first", async () => {
    const { guard, told, clock, may, held } = set(["a", "thread", 5], ["b", "thread", 9]);
    may.restart = false;
    guard.recycleLargest("why", false);
    await clock.advance(0);
    const b = { type: "not-recycled", path: "b", host: "b", bytes: 9, why: "why", because: "refused", tookMs: 0 };
    expect(told).toEqual([b]);
    held.b!.alive = false;
    held.a!.roll.set("a", { busy: true, pump: () => {} });
    guard.recycleLargest("why", false);
    held.a!.alive = false;
    await clock.advance(10);
    expect(told.slice(1)).toEqual([expect.objectContaining({ path: "a", because: "ended", tookMs: 5 })]);
  });

  it("is none that several actors share: they would be held for ever", async () => {
    const { guard, restarted } = set(["a", "thread", 5]);
    guard.add({ ...thread("b", 9), several: true } as unknown as Cell);
    expect(guard.recycleLargest("why", true)?.path).toBe("a");
    await Promise.resolve();
    expect(guard.recycleLargest("why", true)).toBe(undefined);
    await Promise.resolve();
    expect(restarted).toEqual(["a"]);
  });
});
