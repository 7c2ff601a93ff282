import {
  BEAT_FLOAT,
  BEGUN,
  CANCELLED,
  EXTERNAL_FLOAT,
  entriesEnd,
  entriesIn,
  entryWord,
  FINISHED,
  HEAP_FLOAT,
  INCARNATION,
  PHASE_WORD,
  RESIDENT_FLOAT,
  STOP_WORD,
  sinceFloat,
  storedPhases,
} from "./control-block.js";
import { FlightRing, type Kind } from "./flight-ring.js";

/** The host's side. */
export interface ControlWriter {
  phase(phase: (typeof storedPhases)[number]): void;
  /** Its event loop turns. @param heap bytes @param external bytes @param resident bytes */
  beat(now: number, heap: number, external: number, resident?: number): void;
  /** Returns false when the host is condemned: the message must not run. */
  begin(entry: number, seq: number, now: number): boolean;
  end(entry: number): void;
  /** Nothing more begins in this turn: a writer that gathers writes what it has. */
  rest(): void;
  /** Another incarnation takes the entry over: nothing has begun in it. */
  clear(entry: number, incarnation: number): void;
  /** The parent has ended this host: what it still does counts for nothing. Only memory that is shared can say so. */
  condemned(): boolean;
  /** The caller of a message that runs in one of these entries gave up. */
  cancelled(first: number, count: number, seq: number): boolean;
  /**
   * One event for the flight recorder.
   * @param method its place among the class's methods, from 1; 0 for none
   * @param at monotonic ms; 0 where no clock is at hand
   */
  event(kind: Kind, method: number, at: number, actor: number, incarnation: number, seq: number): void;
  note(at: number, actor: number, incarnation: number, text: string): void;
}

/** Where the parent is this very thread, nobody looks in between two stores: they need not be atomic, which costs more than a message. */
export function writeOwnControl(buffer: ArrayBuffer, ring: FlightRing): ControlWriter {
  const ints = new Int32Array(buffer);
  const floats = new Float64Array(buffer);
  const plain = writeControl(buffer, ring);
  return {
    ...plain,
    begin(entry, seq, now) {
      ring.settle();
      floats[sinceFloat(entry)] = now;
      ints[entryWord(entry) + BEGUN] = seq;
      return ints[STOP_WORD] === 0;
    },
    end(entry) {
      ring.settle();
      const word = entryWord(entry);
      ints[word + FINISHED] = ints[word + BEGUN]!;
    },
    clear(entry, incarnation) {
      ring.settle();
      plain.clear(entry, incarnation);
    },
  };
}

/** The recorder of a control block. */
export function recorderIn(buffer: ArrayBufferLike): FlightRing {
  return new FlightRing(buffer, entriesEnd(entriesIn(buffer.byteLength)));
}

/** A writer straight into memory that is shared with the parent. */
export function writeControl(buffer: ArrayBufferLike, ring = recorderIn(buffer)): ControlWriter {
  const ints = new Int32Array(buffer);
  const floats = new Float64Array(buffer);
  return {
    phase(phase) {
      Atomics.store(ints, PHASE_WORD, storedPhases.indexOf(phase));
    },
    beat(now, heap, external, resident = 0) {
      floats[RESIDENT_FLOAT] = resident;
      floats[HEAP_FLOAT] = heap;
      floats[EXTERNAL_FLOAT] = external;
      floats[BEAT_FLOAT] = now;
    },
    begin(entry, seq, now) {
      floats[sinceFloat(entry)] = now;
      Atomics.store(ints, entryWord(entry) + BEGUN, seq);
      return Atomics.load(ints, STOP_WORD) === 0;
    },
    end(entry) {
      const word = entryWord(entry);
      Atomics.store(ints, word + FINISHED, ints[word + BEGUN]!);
    },
    rest() {},
    clear(entry, incarnation) {
      const word = entryWord(entry);
      ints.fill(0, word, entryWord(entry + 1));
      ints[word + INCARNATION] = incarnation;
    },
    condemned: () => Atomics.load(ints, STOP_WORD) !== 0,
    cancelled(first, count, seq) {
      for (let entry = first; entry < first + count; entry++)
        if (Atomics.load(ints, entryWord(entry) + CANCELLED) === seq) return true;
      return false;
    },
    event(kind, method, at, actor, incarnation, seq) {
      ring.event(kind, method, at, actor, incarnation, seq);
    },
    note: (at, actor, incarnation, text) => ring.note(at, actor, incarnation, text),
  };
}
