import { assert, commands, integer, type ModelRunSetup, modelRun, nat, property } from "fast-check";
import { describe, it } from "vitest";
import { CAPACITY, LARGEST_FRAME, RING_BYTES, RingReader, RingWriter } from "../../../src/transport/ring.js";

/** What a ring is: a queue of frames, as long as they fit. */
interface Model {
  frames: { bytes: number; fill: number }[];
}

interface Real {
  readonly writer: RingWriter;
  readonly reader: RingReader;
}

class Write {
  readonly bytes: number;
  readonly fill: number;
  constructor(bytes: number, fill: number) {
    this.bytes = bytes;
    this.fill = fill;
  }
  check = () => true;
  run(model: Model, { writer }: Real): void {
    const at = writer.room();
    const held = model.frames.reduce((sum, { bytes }) => sum + ((bytes + 7) & ~7), 0);
    if (at < 0) {
      // Full only when it is: what it holds, a frame's room, the reserve, and what a lap leaves over at its end.
      if (held + 2 * LARGEST_FRAME + 1024 < CAPACITY) throw new Error(`no room with ${held} bytes held`);
      return;
    }
    writer.memory.bytes.fill(this.fill, at, at + this.bytes);
    writer.commit(this.bytes);
    model.frames.push({ bytes: this.bytes, fill: this.fill });
  }
  toString = () => `write(${this.bytes})`;
}

/** The writer dies in the middle of a frame: nobody may see it. */
class Tear {
  readonly bytes: number;
  constructor(bytes: number) {
    this.bytes = bytes;
  }
  check = () => true;
  run(_: Model, { writer }: Real): void {
    const at = writer.room();
    if (at >= 0) writer.memory.bytes.fill(0xee, at, at + this.bytes);
  }
  toString = () => `tear(${this.bytes})`;
}

class Read {
  readonly count: number;
  constructor(count: number) {
    this.count = count;
  }
  check = () => true;
  run(model: Model, { reader }: Real): void {
    for (let i = 0; i < this.count; i++) {
      const at = reader.next();
      const expected = model.frames.shift();
      if (at < 0 !== (expected === undefined)) throw new Error(`a frame ${at < 0 ? "is missing" : "too many"}`);
      if (!expected) break;
      const { bytes, fill } = expected;
      for (let offset = at; offset < at + bytes; offset++) {
        if (reader.memory.bytes[offset] !== fill)
          throw new Error(`byte ${offset - at} of a frame of ${bytes} is wrong`);
      }
      if (reader.release(bytes)) reader.give();
    }
    reader.give();
  }
  toString = () => `read(${this.count})`;
}

describe("a ring", () => {
  it("is a queue of whole frames, through every wrap-around, full and empty, whatever their sizes", () => {
    const size = integer({ min: 4, max: LARGEST_FRAME });
    const steps = commands(
      [
        size.chain((bytes) => nat(255).map((fill) => new Write(bytes, fill))),
        integer({ min: 4, max: 64 }).chain((bytes) => nat(255).map((fill) => new Write(bytes, fill))),
        size.map((bytes) => new Tear(bytes)),
        integer({ min: 1, max: 12 }).map((count) => new Read(count)),
      ],
      { maxCommands: 400, size: "max" },
    );
    assert(
      property(steps, (list) => {
        const setup: ModelRunSetup<Model, Real> = () => {
          const memory = new SharedArrayBuffer(RING_BYTES);
          return { model: { frames: [] }, real: { writer: new RingWriter(memory), reader: new RingReader(memory) } };
        };
        modelRun(setup, list);
      }),
      { numRuns: 60 },
    );
  });
});
