import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { controlBytes } from "../../../src/host/control-block.js";
import { readControl } from "../../../src/host/control-reader.js";
import { recorderIn, writeOwnControl } from "../../../src/host/control-writer.js";
import { readFlight } from "../../../src/host/flight-log.js";
import { OwnBlock, OwnRecord } from "../../../src/host/own-record.js";

describe("a message that runs in the parent's own thread", () => {
  const scene = () => {
    const bytes = new ArrayBuffer(controlBytes(2));
    const recorder = recorderIn(bytes);
    const reader = readControl(bytes, { pull: () => recorder.settle(), push() {} });
    const flight = () => readFlight(reader.flight()).map(({ at, kind, seq, text }) => [at, kind, seq, text]);
    const block = new OwnBlock(bytes, recorder);
    return {
      writer: writeOwnControl(bytes, recorder),
      own: new OwnRecord(block, 0, 7, 1),
      other: new OwnRecord(block, 1, 8, 1),
      recorder,
      reader,
      flight,
    };
  };

  it("is one event, which is begun until it has ended, and has all its steps then", () => {
    const { own, reader, flight } = scene();
    expect(own.take(1, 5, 1)).toBe(true);
    const begun = [
      [5, "accepted", 1, undefined],
      [5, "started", 1, undefined],
    ];
    expect([flight(), reader.executing(0, 1)]).toEqual([begun, [{ seq: 1, since: 5 }]]);
    own.over(1, 1);
    own.take(1, 6, 2);
    expect(flight()).toEqual([
      ...begun,
      [5, "settled", 1, "ok"],
      [6, "accepted", 2, undefined],
      [6, "started", 2, undefined],
    ]);
    expect([reader.executing(0, 1), reader.finished(0, 1)]).toEqual([[{ seq: 2, since: 6 }], [1]]);
  });

  it("is settled after what happened while it ran", () => {
    const { writer, own, flight } = scene();
    own.take(1, 5, 1);
    writer.note(6, 7, 1, "half");
    own.over(1, 1);
    expect(flight()).toEqual([
      [5, "accepted", 1, undefined],
      [5, "started", 1, undefined],
      [6, "note", 0, "half"],
      [6, "settled", 1, "ok"],
    ]);
  });

  it("shares its event with those before it at the same stamp, and each is told with all its steps", () => {
    const { own, recorder, flight, reader } = scene();
    for (let seq = 1; seq <= 5; seq++) {
      own.take(1, seq < 4 ? 5 : 6, seq);
      own.over(1, seq);
    }
    const steps = (at: number, seq: number) => [
      [at, "accepted", seq, undefined],
      [at, "started", seq, undefined],
      [at, "settled", seq, "ok"],
    ];
    expect(flight()).toEqual([...steps(5, 1), ...steps(5, 2), ...steps(5, 3), ...steps(6, 4), ...steps(6, 5)]);
    expect([recorder.written, reader.begun(0, 1), reader.finished(0, 1)]).toEqual([2, [5], [5]]);
  });

  it("is told to whoever looks as if each step had been written at once", () => {
    const step = fc.oneof(
      fc.record({
        by: fc.constantFrom(7, 8),
        method: fc.integer({ min: 1, max: 2 }),
        notes: fc.boolean(),
        pause: fc.boolean(),
      }),
      fc.constant("look" as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { own, other, writer, reader } = scene();
        const expected: string[] = [];
        const last = { 7: 0, 8: 0 };
        let at = 1;
        const told = () => readFlight(reader.flight()).map((e) => `${e.actor} ${e.kind} ${e.seq} ${e.method}`);
        for (const one of steps) {
          if (one === "look") {
            expect(told()).toEqual(expected);
            continue;
          }
          const by = one.by as 7 | 8;
          const record = by === 7 ? own : other;
          const seq = ++last[by];
          if (one.pause) at++;
          record.take(one.method, at, seq);
          expected.push(`${by} accepted ${seq} ${one.method}`, `${by} started ${seq} ${one.method}`);
          if (one.notes) {
            expect(reader.executing(by - 7, 1)).toEqual([{ seq, since: at }]);
            writer.note(at, by, 1, "half");
            expected.push(`${by} note 0 0`);
          }
          record.over(one.method, seq);
          expected.push(`${by} settled ${seq} ${one.method}`);
        }
        expect(told()).toEqual(expected);
        expect([reader.finished(0, 2), reader.begun(0, 2)]).toEqual([
          [last[7], last[8]],
          [last[7], last[8]],
        ]);
      }),
    );
  });

  it("keeps the last of any number at one stamp, and goes on across the wrap of their numbers", () => {
    const { own, flight } = scene();
    const numbers: number[] = [];
    for (let n = 0, seq = 0x7fffffff - 700; n < 1000; n++, seq = seq === 0x7fffffff ? 1 : seq + 1) {
      own.take(1, 5, seq);
      own.over(1, seq);
      numbers.push(seq);
    }
    const settled = flight().filter(([, kind]) => kind === "settled");
    expect(settled.length).toBeGreaterThan(100);
    expect(settled.map(([, , seq]) => seq)).toEqual(numbers.slice(-settled.length));
  });

  it("that runs when another incarnation takes its entry over leaves nothing in it", () => {
    const { own, writer, reader } = scene();
    own.take(1, 5, 1);
    writer.clear(0, 2);
    expect([reader.executing(0, 1), reader.begun(0, 1)]).toEqual([[], [0]]);
  });

  it("does not run in a host that is condemned", () => {
    const { own, reader } = scene();
    reader.condemn();
    expect(own.take(1, 5, 1)).toBe(false);
  });
});
