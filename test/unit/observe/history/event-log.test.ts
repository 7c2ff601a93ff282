import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventLog, eventDefaults } from "../../../../src/observe/history/event-log.js";
import { trimmed } from "../../../../src/observe/history/kept-event.js";
import type { SystemEvent } from "../../../../src/system/events.js";

const life = (path: string): SystemEvent => ({ type: "life", path, state: "running" });
const fenced = (path: string): SystemEvent => ({ type: "fenced", path, incarnation: 1, what: "tell", count: 1 });
const letter = (n: number): SystemEvent => ({
  type: "dead-letter",
  letter: {
    id: n,
    at: n,
    path: "app/a",
    to: "app/a",
    key: undefined,
    sender: "me",
    method: "m",
    ask: false,
    reason: "Timeout",
    incarnation: 1,
    shape: "[]",
    bytes: 2,
  },
});
const types = (log: EventLog, now: number) =>
  log.read({}, now).events.map(({ event }) => (event as { type: string }).type);

describe("the events of the last hour", () => {
  test("are told in their order, of a type, of a path and of what is below it, since a time, the latest so many", () => {
    const log = new EventLog();
    const events = [life("app/a"), fenced("app/a/1"), life("app/ab"), letter(4), fenced("app/b")];
    for (const [n, event] of events.entries()) log.add(event, n * 1000);
    const read = (query: object) => log.read(query, 5000).events.map(({ at }) => at / 1000);
    expect(read({})).toEqual([0, 1, 2, 3, 4]);
    expect(read({ types: ["life", "dead-letter"] })).toEqual([0, 2, 3]);
    expect(read({ path: "app/a" })).toEqual([0, 1, 3]);
    expect(read({ since: 2000 })).toEqual([2, 3, 4]);
    expect(read({ limit: 2 })).toEqual([3, 4]);
    expect(read({ limit: 0 })).toEqual([]);
    expect([log.read({ limit: 2 }, 5000).more, log.read({ limit: 5 }, 5000).more]).toEqual([true, false]);
    expect(log.read({}, 5000 + eventDefaults.ageMs).events).toEqual([]);
  });

  test("leave after an hour, and a storm of one kind drives out none of the others", () => {
    const log = new EventLog({ ...eventDefaults, letters: 10, lives: 10, others: 10 });
    log.add(fenced("app/a"), 0);
    log.add(life("app/a"), 0);
    for (let n = 0; n < 100; n++) log.add(letter(n), n);
    expect([types(log, 100).filter((type) => type === "dead-letter").length, types(log, 100).length]).toEqual([10, 12]);
    expect(log.read({}, 100).lost).toBe(90);
    log.add(life("app/b"), eventDefaults.ageMs + 5000);
    expect(types(log, eventDefaults.ageMs + 5000)).toEqual(["life"]);
  });

  test("are kept at most so many a second: the rest is counted", () => {
    const log = new EventLog();
    for (let n = 0; n < 100_000; n++) log.add(letter(n), 500);
    expect([log.size, log.read({}, 500).lost]).toEqual([eventDefaults.aSecond, 100_000 - eventDefaults.aSecond]);
    log.add(letter(1), 1000);
    expect(log.size).toBe(eventDefaults.aSecond + 1);
  });

  test("never hold more than their bounds, in number and in bytes, over two days of anything", () => {
    const bounds = { ...eventDefaults, letters: 50, lives: 50, others: 50, bytes: 20_000 };
    const log = new EventLog(bounds);
    const one = fc.sample(
      fc.oneof(
        fc.string({ maxLength: 20 }).map(life),
        fc.string({ maxLength: 3000 }).map(fenced),
        fc.nat().map(letter),
      ),
      { numRuns: 3000, seed: 7 },
    );
    for (const [n, event] of one.entries()) {
      log.add(event, n * 60_000);
      expect(log.size).toBeLessThanOrEqual(150);
      expect(log.bytes).toBeLessThanOrEqual(3 * bounds.bytes);
    }
  });
});

test("a kept event holds no payload, no recorder, and no text or list without end", () => {
  const error = Object.assign(new Error("x".repeat(5000)), { code: "HandlerFailed", details: { secret: 1 } });
  const report = {
    path: "app/a",
    cause: { kind: "threw", error },
    executing: [{ method: "add", args: ["private"], shape: "[string]" }],
    get flight(): never {
      throw new Error("the recorder is read only when somebody asks for it");
    },
    record: { phase: "js" },
    together: Array.from({ length: 5000 }, (_, i) => `app/${i}`),
    act: () => 1,
  };
  const { value, bytes } = trimmed({ type: "report", report });
  expect(value).toEqual({
    type: "report",
    report: {
      path: "app/a",
      cause: { kind: "threw", error: { name: "Error", message: "x".repeat(1000), code: "HandlerFailed" } },
      executing: [{ method: "add", shape: "[string]" }],
      together: report.together.slice(0, 100),
    },
  });
  expect(bytes).toBeGreaterThan(JSON.stringify(value).length);
});
