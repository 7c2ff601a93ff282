import { EVENT_BYTES, EVENTS, KIND, NOTE_BYTES, NOTES } from "./flight-ring.js";

/** What a flight recorder may tell of. */
export type FlightKind =
  | "accepted"
  | "started"
  | "settled"
  | "actor-started"
  | "actor-stopped"
  | "actor-crashed"
  | "timer"
  | "note";

/** One event as the ring holds it; whose it was, by name, is known outside. */
export interface RawEvent {
  /** Monotonic ms. */
  readonly at: number;
  readonly kind: FlightKind;
  readonly actor: number;
  readonly incarnation: number;
  /** Of a message; 0 for other events. */
  readonly seq: number;
  /** Place of the method among the class's, from 1; 0 for none. */
  readonly method: number;
  /** settled: "ok", "failed" or "streamed". note: the note, or undefined where newer ones have taken its place. */
  readonly text: string | undefined;
}

const outcomes: Record<number, string> = {
  [KIND.ok]: "ok",
  [KIND.ran]: "ok",
  [KIND.failed]: "failed",
  [KIND.streamed]: "streamed",
};

const kinds: Record<number, readonly FlightKind[]> = {
  [KIND.accepted]: ["accepted"],
  [KIND.started]: ["started"],
  [KIND.taken]: ["accepted", "started"],
  [KIND.ok]: ["settled"],
  [KIND.failed]: ["settled"],
  [KIND.streamed]: ["settled"],
  [KIND.actorStarted]: ["actor-started"],
  [KIND.actorStopped]: ["actor-stopped"],
  [KIND.actorCrashed]: ["actor-crashed"],
  [KIND.timer]: ["timer"],
  [KIND.note]: ["note"],
  [KIND.ran]: ["accepted", "started", "settled"],
};

/** An entry tells up to three steps of a message; a report carries the last of them, as many as two for each entry. */
const MOST_TOLD = 2 * EVENTS;

/**
 * What a copy of a flight recorder holds, oldest first. An event that was being written when its host was struck is not
 * believed, and is left out.
 * @param ring `RING_BYTES`, from `ControlReader.flight`
 */
export function readFlight(ring: ArrayBuffer): RawEvent[] {
  const ints = new Int32Array(ring);
  const floats = new Float64Array(ring);
  const whole: { number: number; word: number }[] = [];
  for (let place = 0; place < EVENTS; place++) {
    const word = (place * EVENT_BYTES) / 4;
    const number = ints[word]!;
    const known = kinds[ints[word + 1]! & 0xff] !== undefined;
    if (known && number === ~ints[word + 7]! && (number & (EVENTS - 1)) === place) whole.push({ number, word });
  }
  // Numbers wrap: they are compared from one of them, and lie within one length of the ring.
  const pivot = whole[0]?.number ?? 0;
  whole.sort((a, b) => ((a.number - pivot) | 0) - ((b.number - pivot) | 0));
  const newest = whole.at(-1)?.number ?? 0;
  const events: RawEvent[] = [];
  let at = 0;
  for (const { number, word } of whole.reverse()) {
    // What stands there from an earlier round, behind one that was torn or never came to be written.
    if (((newest - number) | 0) >= EVENTS) continue;
    at = floats[word / 2 + 1]! || at;
    const kind = ints[word + 1]! & 0xff;
    const before = (ints[word + 1]! >>> 8) & 0xff;
    const last = ints[word + 6]!;
    const note = kind === KIND.note;
    for (let seq = last; seq >= last - before; seq--)
      for (const one of [...kinds[kind]!].reverse())
        events.push({
          at,
          kind: one,
          actor: ints[word + 4]!,
          incarnation: ints[word + 5]!,
          seq: note ? 0 : seq,
          method: ints[word + 1]! >>> 16,
          text: note ? textOf(ints, seq) : one === "settled" ? outcomes[kind] : undefined,
        });
    if (events.length >= MOST_TOLD) break;
  }
  events.reverse();
  if (events.length > MOST_TOLD) events.splice(0, events.length - MOST_TOLD);
  // The newest may have had no clock at hand, and others one that was read a little before: the order is the truth.
  let last = 0;
  return events.map((event) => {
    last = Math.max(last, event.at);
    return event.at === last ? event : { ...event, at: last };
  });
}

function textOf(ints: Int32Array, number: number): string | undefined {
  const word = (EVENTS * EVENT_BYTES + (number & (NOTES - 1)) * NOTE_BYTES) / 4;
  if (ints[word] !== number || ints[word + 62] !== number) return undefined;
  const units = new Uint16Array(ints.buffer, word * 4 + 8, ints[word + 1]!);
  return String.fromCharCode(...units);
}
