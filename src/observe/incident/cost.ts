import type { DeathReport } from "../../system/death/report.js";
import { countsOf } from "./distribution.js";
import type { TimedEvent } from "./incident-input.js";

/** What the window cost those who called. */
export interface Cost {
  /** Messages that ended with an error because of a death, those of `poisoned` aside. */
  readonly failed: number;
  /** Of the failed: had been done, and their answers were lost. */
  readonly answersLost: number;
  /** Were handed to the successor: their callers saw a delay and nothing else. */
  readonly redelivered: number;
  /** Killed twice, and were put aside. */
  readonly poisoned: number;
  /** Messages that nobody will handle, by reason. */
  readonly deadLetters: Readonly<Record<string, number>>;
}

/** Reasons kept apart; the rarer ones are counted together: a handler may give any text. */
const MOST_REASONS = 12;

export function costOf(reports: readonly DeathReport[], events: readonly TimedEvent[]): Cost {
  const sum = (of: (report: DeathReport) => number) => reports.reduce((all, report) => all + of(report), 0);
  const reasons = events.flatMap(({ event }) => (event.type === "dead-letter" ? [event.letter.reason] : []));
  return {
    failed: sum(({ failed }) => failed),
    answersLost: sum(({ answersLost }) => answersLost.length),
    redelivered: sum(({ redelivered }) => redelivered),
    poisoned: sum(({ poisoned }) => poisoned),
    deadLetters: bounded(countsOf(reasons)),
  };
}

function bounded(counts: ReadonlyMap<string, number>): Record<string, number> {
  const all = [...counts];
  const kept = all.slice(0, MOST_REASONS);
  const rest = all.slice(MOST_REASONS).reduce((sum, [, count]) => sum + count, 0);
  return Object.fromEntries(rest > 0 ? [...kept, ["other", rest]] : kept);
}
