import type { Message } from "../../mailbox/message.js";
import { type Work, workOf } from "../cell/work.js";
import type { Addressee } from "./addressee.js";
import type { Inflight } from "./inflight.js";
import type { LongRuns } from "./long-runs.js";
import type { StreamCredits } from "./stream-credits.js";

interface InFlight {
  readonly inflight: Inflight;
  readonly credits: StreamCredits;
  readonly long: LongRuns;
}

/** For a look at what hangs. A run that has gone on for long is remembered: how long it takes is learned from its end. */
export function workInFlight(
  { id: actor, cell, entry }: Addressee,
  { inflight, credits, long }: InFlight,
  now: number,
  changing: boolean,
): Work | undefined {
  if (inflight.size === 0 || !cell) return undefined;
  const { facts, longest } = cell;
  const pausedMs = (seq: number) => credits.of(seq)?.pausedMs(now) ?? 0;
  const executing = cell.executing(entry);
  inflight.enlist();
  const work = workOf({ actor, inflight, executing, facts, longest, changing, pausedMs });
  long.see(work.runs, now);
  return work;
}

/** What its host works on, as the record says. */
export function executingIn({ cell, entry }: Addressee, inflight: Inflight): Message[] {
  if (inflight.size === 0 || !cell) return [];
  return cell.executing(entry).flatMap(({ seq }) => inflight.get(seq) ?? []);
}
