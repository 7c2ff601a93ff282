import type { TraceContext } from "../protocol/trace-context.js";
import type { Times, ToHost, ToParent } from "./frames.js";
import { LARGEST_FRAME, MARKER_BYTES, type RingMemory } from "./ring.js";
import { ValueReader } from "./ring-values-reader.js";
import { ValueWriter } from "./ring-values-writer.js";
import { bitsOf, SPECIAL, specials } from "./special-bits.js";

export type Frame = ToHost | ToParent;

/*
 * A frame in a ring: words of 32 bits, then values.
 *
 *   every frame   size << 8 | kind
 *   call          actor, incarnation, seq, method | flags << 16, -, expires (float64), [name of the method,] [sequence,] [trace,] args
 *   done          actor, incarnation, seq, flags, result or error, [snapshot,] [events,] [times]
 *   other         the frame itself, as a value
 *   marker        how many messages have gone by the port; the last of them stands here
 *
 * A method's name is sent with its first call and numbered by both sides, as shapes of objects are. All of that lives and
 * dies with the ring.
 */
export const kind = { call: 1, done: 2, other: 3, marker: 4 } as const;

const SNAPSHOT = 4;
const AGAIN = 8;
const NAMED = 16;
const SEQUENCE = 32;
const TRACE = 64;

const RAN = 4;
const OK = 8;
const STATE = 16;
/** Where the bits of a snapshot's `special` are. */
const OF_STATE = 5;
const EVENTS = 128;
/** The same of events. */
const OF_EVENTS = 8;
const TIMES = 1024;

/** Flags of a `done` that holds a plain result alone. */
const PLAIN_ANSWER = RAN | OK;

const CALL_BYTES = 32;
const DONE_BYTES = 20;
const OTHER_BYTES = 4;

/** Methods of one ring that get a number; a class has few. */
const MOST_METHODS = 1000;

export class FrameWriter {
  readonly #ints: Int32Array;
  readonly #view: DataView;
  readonly #values: ValueWriter;
  readonly #methods = new Map<string, number>();
  /** Most calls are of the method of the one before. */
  #latest: string | undefined;
  #latestNumber = 0;

  constructor(memory: RingMemory) {
    this.#ints = memory.ints;
    this.#view = memory.view;
    this.#values = new ValueWriter(memory.bytes, memory.view);
  }

  /** Writes a frame at an offset with room for LARGEST_FRAME. @returns its bytes, or 0 when it must go by the port */
  write(frame: Frame, at: number): number {
    const values = this.#values;
    try {
      const which =
        frame.t === "call" ? this.#call(frame, at) : frame.t === "done" ? this.#done(frame, at) : kind.other;
      if (which === kind.other) {
        values.begin(at + OTHER_BYTES, at + LARGEST_FRAME);
        values.value(frame);
      }
      const bytes = values.at - at;
      this.#ints[at >> 2] = (bytes << 8) | which;
      values.keep();
      return bytes;
    } catch {
      // It cannot be carried, or reading it threw: then the port's own clone says so.
      values.undo();
      if (frame.t === "call" && this.#methods.get(frame.method) === this.#methods.size - 1)
        this.#unname(frame.method, at);
      return 0;
    }
  }

  /**
   * Writes the `done` of a call that went well, with a result that nobody has packed.
   * @returns its bytes, or 0 when it has to be packed
   */
  answer(actor: number, incarnation: number, seq: number, result: unknown, at: number): number {
    const values = this.#values;
    const ints = this.#ints;
    const word = at >> 2;
    ints[word + 1] = actor;
    ints[word + 2] = incarnation;
    ints[word + 3] = seq;
    ints[word + 4] = PLAIN_ANSWER;
    values.begin(at + DONE_BYTES, at + LARGEST_FRAME);
    try {
      values.plain(result);
    } catch {
      values.undo();
      return 0;
    }
    const bytes = values.at - at;
    ints[word] = (bytes << 8) | kind.done;
    values.keep();
    return bytes;
  }

  /** Says that what was posted as number `count` stands here. @returns its bytes */
  marker(count: number, at: number): number {
    this.#ints[at >> 2] = (MARKER_BYTES << 8) | kind.marker;
    this.#ints[(at >> 2) + 1] = count;
    return MARKER_BYTES;
  }

  #call(frame: Extract<ToHost, { t: "call" }>, at: number): number {
    const known = frame.method === this.#latest ? this.#latestNumber : this.#methods.get(frame.method);
    const number = known ?? this.#methods.size;
    const ints = this.#ints;
    const word = at >> 2;
    ints[word + 1] = frame.actor;
    ints[word + 2] = frame.incarnation;
    ints[word + 3] = frame.seq;
    const flags =
      bitsOf(frame.args.special) |
      (frame.snapshot ? SNAPSHOT : 0) |
      (frame.again ? AGAIN : 0) |
      (frame.sequence ? SEQUENCE : 0) |
      (frame.trace ? TRACE : 0) |
      (known === undefined ? NAMED : 0);
    ints[word + 4] = number | (flags << 16);
    this.#view.setFloat64(at + 24, frame.expires);
    this.#values.begin(at + CALL_BYTES, at + LARGEST_FRAME);
    if (known === undefined) {
      if (number >= MOST_METHODS) return kind.other;
      this.#methods.set(frame.method, number);
      this.#values.string(frame.method);
    }
    if (frame.sequence) this.#values.value(frame.sequence);
    if (frame.trace) this.#values.value(frame.trace);
    this.#values.list(frame.args.value as unknown[]);
    this.#latest = frame.method;
    this.#latestNumber = number;
    return kind.call;
  }

  /** The name of a frame that was not sent: the last number is given again. */
  #unname(method: string, at: number): void {
    if ((this.#ints[(at >> 2) + 4]! >> 16) & NAMED) this.#methods.delete(method);
  }

  #done(frame: Extract<ToParent, { t: "done" }>, at: number): number {
    const { actor, incarnation, seq, ran, outcome, state, events, times } = frame;
    const ints = this.#ints;
    const word = at >> 2;
    ints[word + 1] = actor;
    ints[word + 2] = incarnation;
    ints[word + 3] = seq;
    this.#values.begin(at + DONE_BYTES, at + LARGEST_FRAME);
    let flags = (ran ? RAN : 0) | (times ? TIMES : 0);
    if (outcome.ok) {
      flags |= OK | bitsOf(outcome.value.special);
      this.#values.value(outcome.value.value);
    } else this.#values.value(outcome.error);
    if (state) {
      flags |= STATE | (bitsOf(state.special) << OF_STATE);
      this.#values.value(state.value);
    }
    if (events) {
      flags |= EVENTS | (bitsOf(events.special) << OF_EVENTS);
      this.#values.value(events.value);
    }
    if (times) this.#values.value(times);
    ints[word + 4] = flags;
    return kind.done;
  }
}

export class FrameReader {
  readonly #ints: Int32Array;
  readonly #view: DataView;
  readonly #values: ValueReader;
  readonly #methods: string[] = [];

  constructor(memory: RingMemory) {
    this.#ints = memory.ints;
    this.#view = memory.view;
    this.#values = new ValueReader(memory.bytes, memory.view);
  }

  kind(at: number): number {
    return this.#ints[at >> 2]! & 0xff;
  }

  bytes(at: number): number {
    return this.#ints[at >> 2]! >> 8;
  }

  /** Of a marker. */
  count(at: number): number {
    return this.#ints[(at >> 2) + 1]!;
  }

  /** Whether a `done` holds a plain result and nothing else: what is in it can be read without a frame. */
  isAnswer(at: number): boolean {
    return this.#ints[(at >> 2) + 4] === PLAIN_ANSWER;
  }

  /** Of an answer: whose it is, and the message. */
  actor(at: number): number {
    return this.#ints[(at >> 2) + 1]!;
  }

  incarnation(at: number): number {
    return this.#ints[(at >> 2) + 2]!;
  }

  seq(at: number): number {
    return this.#ints[(at >> 2) + 3]!;
  }

  /** Of an answer, a value of its own. */
  result(at: number): unknown {
    this.#values.at = at + DONE_BYTES;
    return this.#values.value();
  }

  /** The frame at an offset, with values of its own. */
  read(at: number): Frame {
    switch (this.kind(at)) {
      case kind.call:
        return this.#call(at);
      case kind.done:
        return this.#done(at);
      default:
        this.#values.at = at + OTHER_BYTES;
        return this.#values.value() as Frame;
    }
  }

  #call(at: number): Frame {
    const ints = this.#ints;
    const word = at >> 2;
    const number = ints[word + 4]! & 0xffff;
    const flags = ints[word + 4]! >> 16;
    this.#values.at = at + CALL_BYTES;
    if (flags & NAMED) this.#methods[number] = this.#values.value() as string;
    const sequence = flags & SEQUENCE ? (this.#values.value() as number) : 0;
    const trace = flags & TRACE ? (this.#values.value() as TraceContext) : undefined;
    const call: Extract<ToHost, { t: "call" }> = {
      t: "call",
      actor: ints[word + 1]!,
      incarnation: ints[word + 2]!,
      seq: ints[word + 3]!,
      method: this.#methods[number]!,
      args: { value: this.#values.list(), special: specials[flags & SPECIAL]! },
      expires: this.#view.getFloat64(at + 24),
      snapshot: (flags & SNAPSHOT) !== 0,
      again: (flags & AGAIN) !== 0,
      sequence,
    };
    if (trace) call.trace = trace;
    return call;
  }

  #done(at: number): Frame {
    const ints = this.#ints;
    const word = at >> 2;
    const flags = ints[word + 4]!;
    const values = this.#values;
    values.at = at + DONE_BYTES;
    const value = values.value();
    const state =
      flags & STATE ? { value: values.value(), special: specials[(flags >> OF_STATE) & SPECIAL]! } : undefined;
    const events =
      flags & EVENTS ? { value: values.value(), special: specials[(flags >> OF_EVENTS) & SPECIAL]! } : undefined;
    const times = flags & TIMES ? (values.value() as Times) : undefined;
    const done: Extract<ToParent, { t: "done" }> = {
      t: "done",
      actor: ints[word + 1]!,
      incarnation: ints[word + 2]!,
      seq: ints[word + 3]!,
      ran: (flags & RAN) !== 0,
      outcome:
        flags & OK
          ? { ok: true, value: { value, special: specials[flags & SPECIAL]! } }
          : { ok: false, error: value as never },
      state,
      events,
    };
    if (times) done.times = times;
    return done;
  }
}
