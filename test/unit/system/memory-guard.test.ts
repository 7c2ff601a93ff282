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
