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
    const guard = new MemoryGuard({
      clock: new VirtualClock(),
      events: { emit: (event: unknown) => told.push(event) } as unknown as EventFan,
      rssBytes: undefined,
      rss: () => 0,
      restart: (path) => restarted.push(path) > 0,
    });
    for (const [place, isolation, bytes] of cells) {
      const cell = thread(place, isolation === "thread" ? bytes : 1);
      const resident = isolation === "fork" ? bytes : 0;
      const control = { beat: () => 1, memory: () => ({ heap: 1, external: bytes - 1, resident }) };
      guard.add({ ...cell, spec: { isolation }, host: { name: place, control } } as unknown as Cell);
    }
    return { guard, told, restarted };
  };

  it("is recycled, though it has no limit of its own, and the event says why", async () => {
    const { guard, told, restarted } = set(["a", "thread", 5], ["b", "thread", 9], ["c", "fork", 7]);
    expect(guard.recycleLargest("memory is 93 %", false)).toEqual({ path: "b", host: "b", bytes: 9 });
    await Promise.resolve();
    expect(restarted).toEqual(["b"]);
    expect(told).toEqual([{ type: "recycled", path: "b", host: "b", what: "rule", bytes: 9, why: "memory is 93 %" }]);
  });

  it("is the next one while the first is on its way, and no process where only threads count", () => {
    const { guard } = set(["a", "thread", 5], ["b", "fork", 9]);
    expect(guard.recycleLargest("why", true)?.path).toBe("a");
    expect(guard.recycleLargest("why", true)).toBe(undefined);
    expect(guard.recycleLargest("why", false)?.path).toBe("b");
    expect(guard.recycleLargest("why", false)).toBe(undefined);
  });

  it("is none that several actors share: they would be held for ever", async () => {
    const { guard, restarted } = set(["a", "thread", 5]);
    guard.add({ ...thread("b", 9), several: true } as unknown as Cell);
    expect(guard.recycleLargest("why", true)?.path).toBe("a");
    expect(guard.recycleLargest("why", true)).toBe(undefined);
    await Promise.resolve();
    expect(restarted).toEqual(["a"]);
  });
});
