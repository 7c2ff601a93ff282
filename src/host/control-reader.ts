import {
  BEAT_FLOAT,
  BEGUN,
  CANCELLED,
  EXTERNAL_FLOAT,
  type Executing,
  entriesEnd,
  entriesIn,
  entryWord,
  FINISHED,
  HEAP_FLOAT,
  PHASE_WORD,
  type Phase,
  RESIDENT_FLOAT,
  STOP_WORD,
  sinceFloat,
  storedPhases,
} from "./control-block.js";
import { RING_BYTES } from "./flight-ring.js";

/** Bytes of a host's memory, as of its last beat; 0 before the first. */
export interface HostMemory {
  /** V8's heap in use, garbage that is not collected yet included. */
  readonly heap: number;
  /** Held outside that heap, ArrayBuffers above all. */
  readonly external: number;
  /** Of a process of its own, all that it has in memory; 0 elsewhere. */
  readonly resident: number;
}

/** The parent's side: reads what the host wrote, also after its death. */
export interface ControlReader {
  phase(): Phase;
  /** When its event loop last turned with work in it, monotonic ms; 0 before the first time. Never ahead by more than 100 ms. */
  beat(): number;
  memory(): HostMemory;
  /** What runs in entries `first` to `first + count - 1`. */
  executing(first: number, count: number): Executing[];
  /** The sequence numbers that began last, one for each entry. */
  begun(first: number, count: number): number[];
  /** The sequence numbers that ended last, one for each entry. */
  finished(first: number, count: number): number[];
  /** Tells the host to begin nothing more. */
  condemn(): void;
  /** Tells a handler that runs in one of these entries, or will, that its caller gave up: `this.cancelled()`. */
  cancel(first: number, count: number, seq: number): void;
  /** A copy of the flight recorder, as it is now: see flight-log.ts. */
  flight(): ArrayBuffer;
}

/** How bytes that are not shared memory are kept the same as the host's. */
export interface Mirror {
  /** Reads these bytes anew. */
  pull(offset: number, length: number): void;
  /** Sends these bytes to the host. */
  push(offset: number, length: number): void;
}

const shared: Mirror = { pull() {}, push() {} };

/** A reader of `controlBytes(entries)` bytes. */
export function readControl(buffer: ArrayBufferLike, mirror: Mirror = shared): ControlReader {
  const entries = entriesIn(buffer.byteLength);
  const ints = new Int32Array(buffer);
  const floats = new Float64Array(buffer);
  const pullHeader = () => mirror.pull(0, entriesEnd(0));
  const pullEntries = (first: number, count: number) =>
    mirror.pull(entryWord(first) * 4, entriesEnd(count) - entriesEnd(0));
  const each = (first: number, count: number, word: number) => {
    pullEntries(first, count);
    return Array.from({ length: count }, (_, i) => Atomics.load(ints, entryWord(first + i) + word));
  };
  const runs = (entry: number): number => {
    const begun = Atomics.load(ints, entryWord(entry) + BEGUN);
    return begun === Atomics.load(ints, entryWord(entry) + FINISHED) ? 0 : begun;
  };
  return {
    phase() {
      pullHeader();
      const phase = storedPhases[Atomics.load(ints, PHASE_WORD)] ?? "init";
      if (phase !== "idle") return phase;
      pullEntries(0, entries);
      for (let entry = 0; entry < entries; entry++) if (runs(entry) !== 0) return "js";
      return "idle";
    },
    beat() {
      pullHeader();
      return floats[BEAT_FLOAT]!;
    },
    memory() {
      pullHeader();
      return { heap: floats[HEAP_FLOAT]!, external: floats[EXTERNAL_FLOAT]!, resident: floats[RESIDENT_FLOAT]! };
    },
    executing(first, count) {
      pullEntries(first, count);
      const found: Executing[] = [];
      for (let entry = first; entry < first + count; entry++) {
        const seq = runs(entry);
        if (seq !== 0) found.push({ seq, since: floats[sinceFloat(entry)]! });
      }
      return found;
    },
    begun: (first, count) => each(first, count, BEGUN),
    finished: (first, count) => each(first, count, FINISHED),
    condemn() {
      Atomics.store(ints, STOP_WORD, 1);
    },
    cancel(first, count, seq) {
      pullEntries(first, count);
      const own = Array.from({ length: count }, (_, i) => first + i);
      const running = own.map(runs);
      const cancelled = (entry: number) => Atomics.load(ints, entryWord(entry) + CANCELLED);
      // Not begun yet, it may run in any of them: any word will do but that of one that runs and was cancelled.
      const at = running.indexOf(seq);
      const best = at < 0 ? own : [own[at]!, ...own];
      const entry = best.find((one) => !running.includes(cancelled(one) || -1));
      if (entry === undefined) return;
      const word = entryWord(entry) + CANCELLED;
      Atomics.store(ints, word, seq);
      mirror.push(word * 4, 4);
    },
    flight() {
      const from = entriesEnd(entries);
      mirror.pull(from, RING_BYTES);
      const copy = new ArrayBuffer(RING_BYTES);
      new Uint8Array(copy).set(new Uint8Array(buffer, from, RING_BYTES));
      return copy;
    },
  };
}
