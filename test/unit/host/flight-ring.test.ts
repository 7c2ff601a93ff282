import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { controlBytes, entriesEnd } from "../../../src/host/control-block.js";
import { type ControlFile, writeControlFile } from "../../../src/host/control-file.js";
import { readControl } from "../../../src/host/control-reader.js";
import { writeControl } from "../../../src/host/control-writer.js";
import { type RawEvent, readFlight } from "../../../src/host/flight-log.js";
import {
  EVENT_BYTES,
  EVENTS,
  FlightRing,
  KIND,
  NOTE_LENGTH,
  NOTES,
  RING_BYTES,
} from "../../../src/host/flight-ring.js";
import { fileIn } from "../../simulate/file-in.js";

interface Told {
  readonly at: number;
  readonly actor: number;
  readonly seq: number;
}

const told = (events: readonly RawEvent[]): Told[] => events.map(({ at, actor, seq }) => ({ at, actor, seq }));

const makers = [
  ["in memory", (bytes: ArrayBufferLike) => writeControl(bytes)],
  ["in a file", (bytes: ArrayBufferLike) => writeControlFile(fileIn(bytes), bytes.byteLength)],
] as const;

describe.each(makers)("the flight recorder, %s", (_, write) => {
  const scene = () => {
    const bytes = new SharedArrayBuffer(controlBytes(2));
    const reader = readControl(bytes);
    return { writer: write(bytes), flight: () => readFlight(reader.flight()) };
  };

  it("tells what happened, oldest first, and what was accepted and started at once as both", () => {
    const { writer, flight } = scene();
    writer.event(KIND.actorStarted, 0, 1, 7, 1, 0);
    writer.event(KIND.taken, 2, 2, 7, 1, 1);
    writer.event(KIND.accepted, 1, 3, 7, 1, 2);
    writer.event(KIND.ok, 2, 4, 7, 1, 1);
    writer.event(KIND.started, 1, 4, 7, 1, 2);
    writer.event(KIND.failed, 1, 5, 7, 1, 2);
    writer.rest();
    expect(flight().map(({ at, kind, seq, method, text }) => [at, kind, seq, method, text])).toEqual([
      [1, "actor-started", 0, 0, undefined],
      [2, "accepted", 1, 2, undefined],
      [2, "started", 1, 2, undefined],
      [3, "accepted", 2, 1, undefined],
      [4, "settled", 1, 2, "ok"],
      [4, "started", 2, 1, undefined],
      [5, "settled", 2, 1, "failed"],
    ]);
  });

  it("keeps the last ones of any number, whole and in order", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 * EVENTS }), fc.integer({ min: 1, max: 40 }), (count, pace) => {
        const { writer, flight } = scene();
        for (let i = 1; i <= count; i++) {
          writer.event(KIND.started, 1, i, i % 5, 1, i);
          if (i % pace === 0) writer.rest();
        }
        writer.rest();
        const kept = Math.min(count, EVENTS);
        const expected = Array.from({ length: kept }, (_, i) => count - kept + 1 + i);
        expect(told(flight())).toEqual(expected.map((i) => ({ at: i, actor: i % 5, seq: i })));
      }),
    );
  });

  it("keeps the last notes with their text, of older ones that there was one", () => {
    const { writer, flight } = scene();
    for (let i = 1; i <= NOTES + 3; i++) writer.note(i, 1, 1, `note ${i}`);
    const texts = flight().map(({ kind, text }) => [kind, text]);
    expect(texts.slice(0, 4)).toEqual([
      ["note", undefined],
      ["note", undefined],
      ["note", undefined],
      ["note", "note 4"],
    ]);
    expect(texts.at(-1)).toEqual(["note", `note ${NOTES + 3}`]);
  });

  it.each([
    ["", ""],
    ["ünï 日本 🙂", "ünï 日本 🙂"],
    ["x".repeat(500), "x".repeat(NOTE_LENGTH)],
    [`${"x".repeat(NOTE_LENGTH - 1)}🙂`, "x".repeat(NOTE_LENGTH - 1)],
  ])("cuts a note where it must, and no character in half: %j", (text, kept) => {
    const { writer, flight } = scene();
    writer.note(1, 1, 1, text);
    expect(flight()).toMatchObject([{ kind: "note", text: kept, seq: 0 }]);
  });

  it("gives an event without a stamp that of the one after it, the last one that of the one before", () => {
    const { writer, flight } = scene();
    writer.event(KIND.taken, 1, 10, 1, 1, 1);
    writer.event(KIND.ok, 1, 0, 1, 1, 1);
    writer.event(KIND.taken, 1, 12, 1, 1, 2);
    writer.event(KIND.ok, 1, 0, 1, 1, 2);
    writer.rest();
    expect(flight().map(({ at }) => at)).toEqual([10, 10, 12, 12, 12, 12]);
  });
});

describe("events of one turn", () => {
  it("are told in the order in which they were written, also where a stamp at hand was an older one", () => {
    const bytes = new ArrayBuffer(RING_BYTES);
    const ring = new FlightRing(bytes, 0);
    for (const at of [5, 7, 6, 9]) ring.event(KIND.started, 1, at, 1, 1, at);
    expect(readFlight(bytes).map(({ at, seq }) => [at, seq])).toEqual([
      [5, 5],
      [7, 7],
      [7, 6],
      [9, 9],
    ]);
  });
});

describe("a host that is struck while it writes an event", () => {
  /** A ring with `before` events, and the bytes of the next one, of which `kept` bytes in order came through. */
  const struck = (before: number, kept: number) => {
    const whole = new ArrayBuffer(RING_BYTES);
    const ring = new FlightRing(whole, 0);
    const event = (i: number) => ring.event(i % 3 ? KIND.started : KIND.ok, (i % 7) + 1, i / 7, i % 5, i % 3, i);
    for (let i = 1; i <= before; i++) event(i);
    const torn = whole.slice(0);
    const earlier = readFlight(torn);
    event(before + 1);
    const place = (before & (EVENTS - 1)) * EVENT_BYTES;
    new Uint8Array(torn).set(new Uint8Array(whole, place, kept), place);
    return { torn: readFlight(torn), whole: readFlight(whole), earlier };
  };

  it("is never believed in what was torn, and always in the rest", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3 * EVENTS }),
        fc.integer({ min: 1, max: EVENT_BYTES - 1 }),
        (before, kept) => {
          const { torn, whole, earlier } = struck(before, kept);
          // All but the one that was being written, whose place the oldest has lost; or, where the bytes that came through or
          // stayed away are the same in both, as if it had not begun or had come through.
          const seqs = (events: readonly RawEvent[]) => JSON.stringify(events);
          expect([whole.slice(0, -1), whole, earlier].map(seqs)).toContain(seqs(torn));
          const full = before >= EVENTS;
          if (full && seqs(torn) === seqs(earlier)) expect(kept).toBeLessThan(4);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("goes on across the wrap of its numbers", () => {
    const bytes = new ArrayBuffer(RING_BYTES);
    const ring = new FlightRing(bytes, 0);
    ring.written = 0x7fffffff - 100;
    for (let i = 1; i <= 300; i++) ring.event(KIND.started, 1, i, 1, 1, i);
    expect(readFlight(bytes).map(({ seq }) => seq)).toEqual(
      Array.from({ length: EVENTS }, (_, i) => 300 - EVENTS + 1 + i),
    );
  });
});

describe("a control file", () => {
  const counted = (bytes: ArrayBuffer): ControlFile & { writes: number } => {
    const file = fileIn(bytes);
    const own = { ...file, writes: 0 };
    own.write = (...args) => {
      own.writes++;
      file.write(...args);
    };
    return own;
  };

  it("is written twice for each message of a row, and its events are there before the handler runs", () => {
    const bytes = new ArrayBuffer(controlBytes(1));
    const file = counted(bytes);
    const writer = writeControlFile(file, bytes.byteLength);
    const reader = readControl(bytes);
    for (let seq = 1; seq <= 50; seq++) {
      writer.event(KIND.started, 1, seq, 1, 1, seq);
      writer.begin(0, seq, seq);
      expect(readFlight(reader.flight()).at(-1)).toMatchObject({ kind: "started", seq });
      writer.event(KIND.ok, 1, seq, 1, 1, seq);
      writer.end(0);
    }
    expect(file.writes).toBeLessThanOrEqual(101);
    writer.rest();
    expect(readFlight(reader.flight()).at(-1)).toMatchObject({ kind: "settled", seq: 50 });
    expect(entriesEnd(1) + RING_BYTES).toBe(bytes.byteLength);
  });
});
