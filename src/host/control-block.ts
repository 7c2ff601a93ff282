/*
 * The record that outlives a dead host and names what it was executing. One per host:
 *
 *   byte 0   int32    phase
 *   byte 4   int32    stop          the parent's word to the host: begin nothing more
 *   byte 64 + 16i, one entry for each message that may run at once (an actor owns as many neighbours as it runs):
 *     + 0    int32    executing     sequence number of the message running here, 0 for none
 *     + 4    int32    begun         the last sequence number that began here
 *     + 8    float64  since         when it began, monotonic ms
 *
 * `begun` tells "ran, but its answer was lost on the way" from "never started": without it an answer that died in a
 * pipe would be run again.
 *
 * A thread goes on for some milliseconds after it was condemned. So that it cannot start what the parent has already
 * taken back, both sides write first and then look (Dekker): the host stores `begun` and then reads `stop`; the parent
 * stores `stop` and then reads `begun`. Either the host sees that it must not run, or the parent sees that it did.
 */

const HEADER_BYTES = 64;
const ENTRY_BYTES = 16;
const PHASE_WORD = 0;
const STOP_WORD = 1;

export const phases = ["init", "idle", "stopping"] as const;
export type Phase = (typeof phases)[number];

/** Sequence numbers run from 1 to 2^31 - 1 and wrap; two are compared within half of that range. */
export function nextSequence(seq: number): number {
  return seq === 0x7fffffff ? 1 : seq + 1;
}

/** Whether `seq` is `begun` or came before it. */
export function hasBegun(seq: number, begun: number): boolean {
  return begun !== 0 && ((begun - seq) & 0x7fffffff) < 0x40000000;
}

/** Bytes of a control block with room for `entries` messages at once. */
export function controlBytes(entries: number): number {
  return HEADER_BYTES + ENTRY_BYTES * entries;
}

export interface Executing {
  readonly seq: number;
  /** Monotonic ms. */
  readonly since: number;
}

/** The parent's side: reads what the host wrote, also after its death. */
export interface ControlReader {
  phase(): Phase;
  /** What runs in entries `first` to `first + count - 1`. */
  executing(first: number, count: number): Executing[];
  /** The sequence numbers that began last, one for each entry. */
  begun(first: number, count: number): number[];
  /** Tells the host to begin nothing more. */
  condemn(): void;
}

/** The host's side. */
export interface ControlWriter {
  phase(phase: Phase): void;
  /** Returns false when the host is condemned: the message must not run. */
  begin(entry: number, seq: number, now: number): boolean;
  end(entry: number): void;
  /** A new actor takes the entry over: nothing has begun in it. */
  clear(entry: number): void;
}

/** A reader of bytes that somebody refreshes, if they are not shared memory. */
export function readControl(buffer: ArrayBufferLike, refresh: () => void = () => {}): ControlReader {
  const ints = new Int32Array(buffer);
  const floats = new Float64Array(buffer);
  return {
    phase() {
      refresh();
      return phases[Atomics.load(ints, PHASE_WORD)] ?? "init";
    },
    executing(first, count) {
      refresh();
      const found: Executing[] = [];
      for (let entry = first; entry < first + count; entry++) {
        const seq = Atomics.load(ints, intWord(entry));
        if (seq !== 0) found.push({ seq, since: floats[floatWord(entry)]! });
      }
      return found;
    },
    begun(first, count) {
      refresh();
      return Array.from({ length: count }, (_, i) => Atomics.load(ints, intWord(first + i) + 1));
    },
    condemn() {
      Atomics.store(ints, STOP_WORD, 1);
    },
  };
}

/** A writer straight into memory: shared with the parent for a thread, plain for inline. */
export function writeControl(buffer: ArrayBufferLike): ControlWriter {
  const ints = new Int32Array(buffer);
  const floats = new Float64Array(buffer);
  return {
    phase(phase) {
      Atomics.store(ints, PHASE_WORD, phases.indexOf(phase));
    },
    begin(entry, seq, now) {
      floats[floatWord(entry)] = now;
      Atomics.store(ints, intWord(entry), seq);
      Atomics.store(ints, intWord(entry) + 1, seq);
      return Atomics.load(ints, STOP_WORD) === 0;
    },
    end(entry) {
      Atomics.store(ints, intWord(entry), 0);
    },
    clear(entry) {
      ints.fill(0, intWord(entry), intWord(entry + 1));
    },
  };
}

/**
 * A writer for a process: the same bytes in a small file, by positioned writes (about 1.4 us each on tmpfs). A killed
 * process is read only after its exit, so `stop` is not needed.
 * @param write puts bytes at an offset of the file
 */
export function writeControlFile(write: (bytes: Uint8Array, offset: number) => void): ControlWriter {
  const entryBytes = new Uint8Array(ENTRY_BYTES);
  const ints = new Int32Array(entryBytes.buffer);
  const floats = new Float64Array(entryBytes.buffer);
  const put = (length: number, offset: number) => write(entryBytes.subarray(0, length), offset);
  return {
    phase(phase) {
      ints[0] = phases.indexOf(phase);
      put(4, PHASE_WORD * 4);
    },
    begin(entry, seq, now) {
      ints[0] = seq;
      ints[1] = seq;
      floats[1] = now;
      put(ENTRY_BYTES, intWord(entry) * 4);
      return true;
    },
    end(entry) {
      ints[0] = 0;
      put(4, intWord(entry) * 4);
    },
    clear(entry) {
      entryBytes.fill(0);
      put(ENTRY_BYTES, intWord(entry) * 4);
    },
  };
}

function intWord(entry: number): number {
  return (HEADER_BYTES + ENTRY_BYTES * entry) / 4;
}

function floatWord(entry: number): number {
  return (HEADER_BYTES + ENTRY_BYTES * entry + 8) / 8;
}
