import { describe, expect, it } from "vitest";
import { EventLog } from "../../../../src/system/actor/event-log.js";
import { Replaying } from "../../../../src/system/actor/replaying.js";
import type { Packed } from "../../../../src/transport/frames.js";

const of = (...events: unknown[]): Packed => ({ value: events, special: false });

function filled(messages: number, each = 1): EventLog {
  const log = new EventLog();
  for (let i = 0; i < messages; i++) log.add(of(...Array.from({ length: each }, (_, j) => i * each + j)));
  return log;
}

describe("the events of an actor", () => {
  it("ask for a snapshot once, and again when that was owed", () => {
    const log = new EventLog(3);
    log.add(of(1, 2));
    expect(log.due()).toBe(false);
    log.add(of(3));
    expect([log.due(), log.due()]).toEqual([true, false]);
    log.owed();
    expect(log.due()).toBe(true);
    log.clear();
    expect([log.count, log.due()]).toEqual([0, false]);
  });

  it("leave less room, the more there are", () => {
    expect(filled(0).rebuild(false)).toEqual({ events: false, roomEvents: 10_000, roomBytes: 16 * 1024 * 1024 });
    const { events, roomEvents, roomBytes } = filled(10, 3).rebuild(false);
    expect([events, roomEvents]).toEqual([true, 9970]);
    expect(roomBytes).toBeLessThan(16 * 1024 * 1024 - 30);
    expect(filled(3, 5000).rebuild(false).roomEvents).toBe(0);
    expect(filled(3, 5000).rebuild(true).roomEvents).toBe(Number.POSITIVE_INFINITY);
  });

  it("go in frames of some, in order, with what they need on their way", () => {
    const chunks = [...filled(1000).chunks()];
    expect(chunks.map(({ events }) => (events.value as unknown[]).length)).toEqual([256, 256, 256, 232]);
    expect(chunks.flatMap(({ events }) => events.value)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    const log = new EventLog();
    log.add({ value: [1], special: "large" });
    log.add({ value: [2], special: true });
    log.add({ value: [3], special: "large" });
    expect([...log.chunks()]).toEqual([{ events: { value: [1, 2, 3], special: true }, version: undefined }]);
  });
});

describe("events that a store has", () => {
  it("are read when their turn comes, some at a time, and never of two versions in one frame", () => {
    const log = new EventLog();
    let read = 0;
    for (let i = 0; i < 600; i++) {
      const version = i < 300 ? 1 : 2;
      log.addUnread({ bytes: 10, read: () => ({ events: of(++read), version }) });
    }
    log.add(of("new"));
    const sizes: number[] = [];
    let told = 0;
    for (const { events } of log.chunks()) {
      sizes.push((events.value as unknown[]).length);
      told += sizes.at(-1)!;
      // The next may have been looked at, for its version.
      expect(read).toBeLessThanOrEqual(told + 1);
    }
    expect([sizes, read]).toEqual([[256, 44, 256, 44, 1], 600]);
  });

  it("are not kept beside it where they are many", () => {
    const log = filled(3, 5000);
    expect([log.heavy, filled(2, 5000).heavy]).toEqual([true, false]);
    log.letGo();
    expect([...log.chunks()]).toEqual([]);
    expect(log.count).toBe(15_000);
  });
});

describe("their way to a host", () => {
  it("is a few frames long: one more for each that is applied, and the last says so", () => {
    const sent: { first: unknown; last: boolean }[] = [];
    let asked = 0;
    const log = filled(6 * 256 + 1);
    function* counted() {
      for (const chunk of log.chunks()) {
        asked++;
        yield chunk;
      }
    }
    const replaying = new Replaying(counted(), ({ events, last }) =>
      sent.push({ first: (events.value as unknown[])[0], last }),
    );
    replaying.begin();
    expect([sent.length, asked]).toEqual([4, 5]);
    for (let i = 0; i < 10; i++) replaying.replayed();
    expect(sent.map(({ first }) => first)).toEqual([0, 256, 512, 768, 1024, 1280, 1536]);
    expect(sent.map(({ last }) => last)).toEqual([false, false, false, false, false, false, true]);
  });

  it("ends where one cannot be read: nothing more is sent, and that is told once", () => {
    const log = filled(256);
    log.addUnread({
      bytes: 1,
      read() {
        throw new Error("no event");
      },
    });
    const sent: boolean[] = [];
    const told: string[] = [];
    const replaying = new Replaying(
      log.chunks(),
      ({ last }) => sent.push(last),
      ({ message }) => told.push(message),
    );
    replaying.begin();
    replaying.replayed();
    expect([sent, told]).toEqual([[], ["no event"]]);
  });
});
