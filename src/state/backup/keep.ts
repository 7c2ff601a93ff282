import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";

/**
 * Which backups are kept: of each of the last so many hours, days, weeks and months (UTC) that have any, the newest.
 * One is kept where any of these keeps it; the newest of all always is.
 * @example
 * import type { Keep } from "holdfast/state";
 * const keep: Keep = { last: 3, hourly: 24, daily: 7, weekly: 4, monthly: 12 };
 */
export interface Keep {
  /** The newest so many, whenever they were made. */
  readonly last?: number;
  readonly hourly?: number;
  readonly daily?: number;
  /** Weeks begin on Monday. */
  readonly weekly?: number;
  readonly monthly?: number;
}

/** Of a backup: its number, which only grows, and its time, which a clock that was put back makes smaller again. */
export interface Dated {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Which period a time is in. */
const periods: Record<Exclude<keyof Keep, "last">, (at: number) => number> = {
  hourly: (at) => Math.floor(at / HOUR),
  daily: (at) => Math.floor(at / DAY),
  // The first of January 1970 was a Thursday.
  weekly: (at) => Math.floor((Math.floor(at / DAY) + 3) / 7),
  monthly: (at) => new Date(at).getUTCFullYear() * 12 + new Date(at).getUTCMonth(),
};

const known: KeysOf<Keep> = { last: true, hourly: true, daily: true, weekly: true, monthly: true };

/**
 * The backups that a policy keeps. Newer and older are told by number, so that a clock that was put back, or that starts in
 * 1970 at every boot, never lets the newest go.
 */
export function kept<B extends Dated>(backups: readonly B[], keep: Keep): Set<B> {
  const newestFirst = [...backups].sort((one, other) => other.number - one.number);
  const staying = new Set(newestFirst.slice(0, Math.max(1, keep.last ?? 0)));
  for (const [name, periodOf] of Object.entries(periods)) {
    const seen = new Set<number>();
    for (const backup of newestFirst) {
      if (seen.size >= (keep[name as keyof Keep] ?? 0)) break;
      const period = periodOf(backup.at);
      if (seen.has(period)) continue;
      seen.add(period);
      staying.add(backup);
    }
  }
  return staying;
}

/** @throws HoldfastError InvalidSpec naming the field and quoting the value */
export function checkKeep(keep: Keep, field: string): void {
  onlyKnownKeys(keep, known, field);
  for (const [name, count] of Object.entries(keep)) {
    if (count === undefined || (Number.isSafeInteger(count) && count >= 0)) continue;
    throw new HoldfastError("InvalidSpec", `${field}.${name} is ${shown(count)}: give a whole number from 0 on`, {
      details: { field: `${field}.${name}` },
    });
  }
  if (Object.values(keep).some((count) => count > 0)) return;
  throw new HoldfastError("InvalidSpec", `${field} keeps nothing: give { hourly: 24, daily: 7 }, or leave it out`, {
    details: { field },
  });
}
