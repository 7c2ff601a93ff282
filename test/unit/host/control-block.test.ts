import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { controlBytes, hasBegun, nextSequence } from "../../../src/host/control-block.js";
import { writeControlFile } from "../../../src/host/control-file.js";
import { readControl } from "../../../src/host/control-reader.js";
import { writeControl } from "../../../src/host/control-writer.js";
import { fileIn } from "../../simulate/file-in.js";

const LAST = 0x7fffffff;

describe("sequence numbers", () => {
  it("run from 1 to 2^31 - 1 and wrap to 1, never to 0", () => {
    expect(nextSequence(0)).toBe(1);
    expect(nextSequence(LAST - 1)).toBe(LAST);
    expect(nextSequence(LAST)).toBe(1);
  });

  it.each([
    [1, 0, false],
    [1, 1, true],
    [1, 2, true],
    [3, 2, false],
    [LAST, LAST, true],
    [LAST, 1, true],
    [LAST - 3, 2, true],
    [1, LAST, false],
    [2, LAST - 3, false],
  ])("%d has begun when %d began last: %s", (seq, begun, expected) => {
    expect(hasBegun(seq, begun)).toBe(expected);
  });

  it("compare right anywhere on the ring, for as many messages as can be in flight", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: LAST }), fc.integer({ min: 0, max: 2000 }), (start, steps) => {
        let later = start;
        for (let i = 0; i < steps; i++) later = nextSequence(later);
        expect(hasBegun(start, later)).toBe(true);
        if (steps > 0) expect(hasBegun(later, start)).toBe(false);
      }),
    );
  });
});

const makers = [
  ["in memory", (bytes: ArrayBuffer) => writeControl(bytes)],
  ["in a file", (bytes: ArrayBuffer) => writeControlFile(fileIn(bytes), bytes.byteLength)],
] as const;

describe.each(makers)("the control block, %s", (_, write) => {
  const scene = () => {
    const bytes = new ArrayBuffer(controlBytes(4));
    return { writer: write(bytes), reader: readControl(bytes) };
  };

  it("names what executes and since when; an end leaves what had begun", () => {
    const { writer, reader } = scene();
    expect(reader.phase()).toBe("init");
    writer.phase("idle");
    writer.begin(1, 7, 1234.5);
    expect(reader.phase()).toBe("js");
    expect(reader.executing(1, 1)).toEqual([{ seq: 7, since: 1234.5 }]);
    expect(reader.executing(0, 4)).toEqual([{ seq: 7, since: 1234.5 }]);
    writer.end(1);
    writer.rest();
    expect(reader.executing(0, 4)).toEqual([]);
    expect(reader.begun(0, 4)).toEqual([0, 7, 0, 0]);
    expect(reader.finished(0, 4)).toEqual([0, 7, 0, 0]);
    expect(reader.phase()).toBe("idle");
  });

  it("keeps entries apart", () => {
    const { writer, reader } = scene();
    writer.begin(0, 1, 10);
    writer.begin(3, 2, 20);
    writer.begin(2, 3, 30);
    writer.end(0);
    writer.rest();
    expect(reader.executing(0, 4).map(({ seq }) => seq)).toEqual([3, 2]);
    expect(reader.executing(2, 1)).toEqual([{ seq: 3, since: 30 }]);
  });

  it("is empty again for an actor that takes an entry over", () => {
    const { writer, reader } = scene();
    writer.begin(2, 9, 1);
    writer.begin(3, 10, 1);
    writer.clear(2, 7);
    expect(reader.executing(2, 1)).toEqual([]);
    expect(reader.begun(2, 2)).toEqual([0, 10]);
  });

  it("has what ended written before the turn is over, also when nobody says that it rests", async () => {
    const { writer, reader } = scene();
    writer.begin(0, 1, 1);
    writer.end(0);
    await null;
    expect(reader.executing(0, 4)).toEqual([]);
  });

  it("carries an end with the begin that follows in the same entry", () => {
    const { writer, reader } = scene();
    writer.begin(0, 1, 1);
    writer.begin(1, 5, 1);
    writer.end(0);
    writer.end(1);
    writer.begin(0, 2, 3);
    expect(reader.executing(0, 4)).toEqual([{ seq: 2, since: 3 }]);
    expect(reader.finished(0, 2)).toEqual([1, 5]);
  });

  it("tells the beat and the memory as of it", () => {
    const { writer, reader } = scene();
    expect(reader.beat()).toBe(0);
    writer.beat(77.5, 1e6, 5e9, 7e9);
    expect(reader.beat()).toBe(77.5);
    expect(reader.memory()).toEqual({ heap: 1e6, external: 5e9, resident: 7e9 });
  });

  it("knows phases that something sets, and tells js where a handler executes", () => {
    const { writer, reader } = scene();
    for (const phase of ["init", "idle", "native", "stopping"] as const) {
      writer.phase(phase);
      expect(reader.phase()).toBe(phase);
    }
  });

  it("tells the message that was cancelled, and not the one that runs after it", () => {
    const { writer, reader } = scene();
    writer.begin(0, 1, 1);
    expect(writer.cancelled(0, 1, 1)).toBe(false);
    reader.cancel(0, 1, 1);
    expect(writer.cancelled(0, 1, 1)).toBe(true);
    writer.end(0);
    writer.begin(0, 2, 1);
    expect(writer.cancelled(0, 1, 2)).toBe(false);
    // It has just ended: the word comes too late, and means nobody.
    reader.cancel(0, 1, 1);
    expect(writer.cancelled(0, 1, 2)).toBe(false);
  });

  it("cancels one that has not begun yet, and never takes the word of one that runs", () => {
    const { writer, reader } = scene();
    writer.begin(0, 1, 1);
    reader.cancel(0, 1, 1);
    reader.cancel(0, 1, 2);
    expect(writer.cancelled(0, 1, 1)).toBe(true);
    writer.end(0);
    writer.rest();
    reader.cancel(0, 1, 2);
    writer.begin(0, 2, 1);
    expect(writer.cancelled(0, 1, 2)).toBe(true);
  });

  it("finds a cancelled message among neighbours, begun or not, and keeps the word of each that runs", () => {
    const { writer, reader } = scene();
    writer.begin(1, 8, 1);
    writer.begin(2, 9, 1);
    reader.cancel(0, 4, 9);
    reader.cancel(0, 4, 77);
    expect([8, 9, 77].map((seq) => writer.cancelled(0, 4, seq))).toEqual([false, true, true]);
    writer.begin(3, 77, 1);
    writer.begin(0, 78, 1);
    for (const seq of [78, 8, 79]) reader.cancel(0, 4, seq);
    expect([8, 9, 77, 78].map((seq) => writer.cancelled(0, 4, seq))).toEqual([true, true, true, true]);
    expect(writer.cancelled(0, 4, 79)).toBe(false);
  });
});

/*
 * The host writes `begun` and then reads `stop`; the parent writes `stop` and then reads `begun`. Every interleaving of
 * the four steps, as a table: the message runs, or the parent sees that it began. Never does it run unseen.
 */
describe("a condemned host and a message that begins", () => {
  const interleavings = ["HhPp", "HPhp", "HPph", "PHhp", "PHph", "PpHh"];

  it.each(interleavings)("%s: nothing runs that the parent has taken back", (order) => {
    const words = { begun: false, stop: false };
    let runs = false;
    let seen = false;
    for (const step of order) {
      if (step === "H") words.begun = true;
      if (step === "h") runs = !words.stop;
      if (step === "P") words.stop = true;
      if (step === "p") seen = words.begun;
    }
    // Not begun as the parent sees it: the message goes to another host.
    if (!seen) expect(runs).toBe(false);
  });

  it("is done in that order by both sides", () => {
    const bytes = new SharedArrayBuffer(controlBytes(1));
    const words = new Int32Array(bytes);
    const log: string[] = [];
    const { store, load } = Atomics;
    const spied = Atomics as { store: typeof store; load: typeof load };
    try {
      spied.store = ((array: Int32Array, index: number, value: number) => {
        log.push(`store ${index}`);
        return store(array, index, value);
      }) as typeof store;
      spied.load = ((array: Int32Array, index: number) => {
        log.push(`load ${index}`);
        return load(array, index);
      }) as typeof load;
      expect(writeControl(bytes).begin(0, 5, 1)).toBe(true);
      // Word 16: begun. Word 1: stop.
      expect(log).toEqual(["store 16", "load 1"]);
      log.length = 0;
      const reader = readControl(bytes);
      reader.condemn();
      reader.begun(0, 1);
      expect(log).toEqual(["store 1", "load 16"]);
    } finally {
      spied.store = store;
      spied.load = load;
    }
    expect(words[1]).toBe(1);
    expect(writeControl(bytes).begin(0, 6, 1)).toBe(false);
  });
});
