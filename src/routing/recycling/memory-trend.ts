/** What a member held at some time: the least of a stretch, since garbage is collected in it. */
interface Sample {
  /** Monotonic ms. */
  readonly at: number;
  readonly bytes: number;
}

/** What is known of one member's memory; plain data. */
export interface MemoryTrend {
  /** Of the latest window, in order. */
  readonly samples: readonly Sample[];
  /** The stretch under way: since when, and the least so far. */
  readonly open: Sample | undefined;
  /** What it held when it was warm: the median of its first window. */
  readonly warmBytes: number | undefined;
}

export const noTrend: MemoryTrend = { samples: [], open: undefined, warmBytes: undefined };

/** A stretch that gives one sample, ms: a heap is collected several times in it, where there is work. */
export const STRETCH_MS = 10_000;

/** So long a growth is looked at, ms: caches fill, and code is compiled, in less. */
export const WINDOW_MS = 600_000;

/** So much of a window must have been seen before it says anything. */
const SEEN = 0.8;

/** What is known after one more reading. @param bytes held now; 0: nobody has told yet */
export function observed(known: MemoryTrend, now: number, bytes: number): MemoryTrend {
  if (bytes === 0) return known;
  const { open } = known;
  if (open === undefined) return { ...known, open: { at: now, bytes } };
  const least = Math.min(open.bytes, bytes);
  if (now - open.at < STRETCH_MS)
    return least === open.bytes ? known : { ...known, open: { at: open.at, bytes: least } };
  const samples = [...known.samples.filter(({ at }) => now - at <= WINDOW_MS), { at: now, bytes: least }];
  const full = now - samples[0]!.at >= WINDOW_MS * SEEN;
  const warmBytes = known.warmBytes ?? (full ? median(samples.map((sample) => sample.bytes)) : undefined);
  return { samples, open: { at: now, bytes }, warmBytes };
}

/** What it surely holds: the least of the latest stretch that is over; undefined before one is. */
export function heldBytes({ samples }: MemoryTrend): number | undefined {
  return samples.at(-1)?.bytes;
}

/** How fast it grows. */
export interface Growth {
  readonly bytesPerMs: number;
  /** Since it was warm: the median of this window over that of the first. */
  readonly grownBytes: number;
}

/**
 * How fast what it holds grows: the median of the slopes between all pairs of samples (Theil and Sen). What three samples
 * in ten are, a warm-up or one huge request, hardly matters to it, nor to how much it has grown.
 * @returns undefined before enough of a window was seen
 */
export function growthOf({ samples, warmBytes }: MemoryTrend): Growth | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || warmBytes === undefined || last.at - first.at < WINDOW_MS * SEEN) return undefined;
  const slopes: number[] = [];
  for (const [i, a] of samples.entries()) {
    for (let j = i + 1; j < samples.length; j++) {
      const b = samples[j]!;
      slopes.push((b.bytes - a.bytes) / (b.at - a.at));
    }
  }
  return { bytesPerMs: median(slopes), grownBytes: median(samples.map(({ bytes }) => bytes)) - warmBytes };
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}
