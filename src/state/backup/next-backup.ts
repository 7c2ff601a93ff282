/** How long the first repetition of a failed backup waits; each further one twice as long, up to the interval itself. */
const FIRST_RETRY_MS = 60_000;

export interface BackupTimes {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Of the newest backup that is there; undefined where there is none. */
  readonly newest: number | undefined;
  /** The interval. */
  readonly everyMs: number;
  /** Since the last one that was made. */
  readonly failures: number;
}

/**
 * Milliseconds until the next scheduled backup: an interval after the newest one, which an earlier run may have made; at once
 * where that is past. Never longer than the interval: a clock that was put back, or a newest one out of the future, puts
 * nothing off for years.
 */
export function nextBackup({ now, newest, everyMs, failures }: BackupTimes): number {
  if (failures > 0) return Math.min(everyMs, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 20));
  if (newest === undefined) return 0;
  return Math.min(everyMs, Math.max(0, newest + everyMs - now));
}
