/** What a cell may hold before it is recycled, bytes. */
export interface MemoryLimits {
  readonly heap: number | undefined;
  readonly external: number | undefined;
}

/** What a cell's record says of its memory. */
export interface MemoryReading {
  /** When it was written, monotonic ms; 0: never. */
  readonly beat: number;
  readonly heap: number;
  readonly external: number;
}

/** Which limit is passed, in numbers; "rss": that of the whole process. */
export interface Overweight {
  readonly what: "heap" | "external" | "rss";
  readonly bytes: number;
  readonly limitBytes: number;
}

/** What is known of one cell between two looks. */
export interface CellMemory {
  /** The last beat that was judged. */
  readonly beat: number;
  /** How many beats in a row were over a limit. */
  readonly over: number;
}

export const unknownMemory: CellMemory = { beat: 0, over: 0 };

/** Garbage that is not collected yet counts as held: one beat over the limit may be nothing, two are taken for a trend. */
const BEATS_OVER = 2;

/** So far over the limit the wall is near: one beat is enough. */
const FAR_OVER = 1.25;

/** Whether a cell is to be recycled. A beat is judged once, however often it is looked at. */
export function judgeCell(
  known: CellMemory,
  reading: MemoryReading,
  limits: MemoryLimits,
): { known: CellMemory; over?: Overweight } {
  if (reading.beat === known.beat) return { known };
  const over =
    overweight("heap", reading.heap, limits.heap) ?? overweight("external", reading.external, limits.external);
  if (!over) return { known: { beat: reading.beat, over: 0 } };
  const beats = known.over + 1;
  const sure = beats >= BEATS_OVER || over.bytes > over.limitBytes * FAR_OVER;
  return { known: { beat: reading.beat, over: beats }, ...(sure ? { over } : {}) };
}

function overweight(what: "heap" | "external", bytes: number, limitBytes: number | undefined): Overweight | undefined {
  return limitBytes !== undefined && bytes > limitBytes ? { what, bytes, limitBytes } : undefined;
}

/** When something may be recycled next: something that is too heavy as it starts must not be recycled for ever. */
export interface Pause {
  /** Monotonic ms. */
  readonly until: number;
  readonly ms: number;
}

/** The first pause, and the longest, ms. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 300_000;

/** After this many pauses in peace the next one is a first again. */
const PEACE = 4;

/** It was so long ago that it says nothing of the next one. */
export function isPast(pause: Pause, now: number): boolean {
  return now - pause.until >= PEACE * pause.ms;
}

/** The pause that follows a recycling now: twice the one before, when that was not long ago. */
export function pauseAfter(before: Pause | undefined, now: number): Pause {
  const again = before !== undefined && !isPast(before, now);
  const ms = again ? Math.min(LONGEST_PAUSE_MS, 2 * before.ms) : FIRST_PAUSE_MS;
  return { until: now + ms, ms };
}

/** What is known of the process between two looks. */
export interface ProcessMemory {
  /** It was over its limit and has not been well below it since. */
  readonly over: boolean;
  readonly pause: Pause | undefined;
}

/** Only below this part of the limit it counts as relieved: what is recycled gives its memory back late, and in parts. */
const RELIEVED = 0.9;

/**
 * Whether some cell of the process is to be recycled, and which: the heaviest. One at a time, with a pause after each that
 * grows while it does not help.
 * @param cells bytes of those that may be recycled
 * @returns `pick`: an index into `cells`
 */
export function judgeProcess(
  known: ProcessMemory,
  now: number,
  rss: number,
  limitBytes: number,
  cells: readonly number[],
): { known: ProcessMemory; pick?: number } {
  const over = known.over ? rss > limitBytes * RELIEVED : rss > limitBytes;
  // Between the two marks it waits: what was recycled is on its way out.
  if (!over) return { known: { over, pause: undefined } };
  if (rss <= limitBytes || cells.length === 0) return { known: { ...known, over } };
  if (known.pause && now < known.pause.until) return { known: { ...known, over } };
  const pick = cells.indexOf(Math.max(...cells));
  return { known: { over, pause: pauseAfter(known.pause, now) }, pick };
}
