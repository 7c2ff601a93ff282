import { type HungWhere, whereItHangs } from "./where.js";
import type { Run, Wait, Work } from "./work.js";

/** What is known of a host at the moment of a look. Times are monotonic ms. */
export interface Look {
  readonly now: number;
  /** How much of the time since a moment nobody watched. */
  missed(since: number): number;
  /** It is in a call that was marked as native, as its record says. */
  readonly native: boolean;
  /** When its event loop last turned; undefined where that is the watcher's own. */
  readonly beat: number | undefined;
  /** Since when nothing has come from it; undefined where its event loop is the watcher's own. */
  readonly quietSince: number | undefined;
  /** Looks in a row, each in a turn of its own, at which `blocked` was near. */
  readonly silentLooks: number;
  /** The shortest limit of any method: what begins after this look cannot pass one before it is over. */
  readonly shortestMs: number;
}

/** A message past its limit: the facts of a `hung` death. */
export interface Late {
  readonly method: string;
  readonly limitMs: number;
  /** Watched time, without its stream's pauses. */
  readonly ageMs: number;
  readonly actor: number;
  /** 0 when it did not even begin. */
  readonly seq: number;
  /** Of these milliseconds of its age nobody watched: they are not in `ageMs`. Absent for none. */
  readonly missedMs?: number;
  /** What it does, where its record can tell; absent for what did not begin. */
  readonly where?: HungWhere;
}

export type Diagnosis =
  /** Nothing is with it. */
  | { readonly is: "idle" }
  /** No limit has passed, and none can before `until`. */
  | { readonly is: "busy"; readonly until: number }
  /** Nothing executes, nothing is heard of it and mail waits for too long: look once more, after it had a turn to be heard. */
  | { readonly is: "silent"; readonly until: number }
  /** A handler is past its limit: it turns in JavaScript, or awaits what never comes. */
  | { readonly is: "hung"; readonly late: Late }
  /** The same, in native code: what ends JavaScript does not end this. */
  | { readonly is: "stuck-native"; readonly late: Late }
  /** Its event loop is blocked by something outside every handler: a foreign timer, a callback. */
  | { readonly is: "blocked"; readonly late: Late };

/** Looks at which a host must be found silent: what it had sent is heard between two. */
export const SILENT_LOOKS = 3;

/** To the next turn, ms. */
const TURN_MS = 1;

/**
 * Busy is not hung. Says what is with one host, from its record and the clock alone:
 *
 *   a run past its limit? ──yes──▶ hung, or stuck-native
 *      │ no
 *   something runs, starts or stops? ──yes──▶ busy
 *      │ no
 *   mail waits past its limit, and nothing was heard for as long? ──yes──▶ silent, silent, silent, blocked
 *      │ no
 *   mail waits? ──yes──▶ busy     else idle
 *
 * @param works of its actors; those of a shared cell are judged one by one
 */
export function diagnose(works: readonly Work[], look: Look): Diagnosis {
  const { now, native, silentLooks } = look;
  let until = Number.POSITIVE_INFINITY;
  let waiting: { wait: Wait; work: Work; due: number } | undefined;
  let mail = false;
  let occupied = false;
  for (const work of works) {
    for (const run of work.runs) {
      const due = passes(run, look);
      if (due <= now) return { is: native ? "stuck-native" : "hung", late: lateRun(work, run, look) };
      until = Math.min(until, due, run.learnsAt > now ? run.learnsAt : Number.POSITIVE_INFINITY);
    }
    mail ||= work.mail;
    occupied ||= work.changing || work.runs.length > 0;
    const due = work.wait && fallsDue(work.wait, look);
    if (due !== undefined && (!waiting || due < waiting.due)) waiting = { wait: work.wait!, work, due };
  }
  if (!mail) return { is: "idle" };
  if (waiting && !occupied) {
    if (waiting.due <= now) {
      if (silentLooks + 1 < SILENT_LOOKS) return { is: "silent", until: now + TURN_MS };
      return { is: "blocked", late: lateWait(waiting.work, waiting.wait, look) };
    }
    until = Math.min(until, waiting.due);
  }
  return { is: "busy", until: Math.max(now + TURN_MS, Math.min(until, now + look.shortestMs)) };
}

/** When a run's limit passes, if its watcher stays awake and its stream is not held up any more. */
function passes({ since, limitMs, pausedMs }: Run, { missed }: Look): number {
  return since + limitMs + pausedMs + missed(since);
}

function lateRun({ actor }: Work, run: Run, { now, missed, native, beat }: Look): Late {
  const { method, limitMs, seq, since, pausedMs } = run;
  const late = withMissed(
    { method, limitMs, ageMs: now - since - pausedMs - missed(since), actor, seq },
    missed(since),
  );
  const where = whereItHangs(now, since, native, beat);
  return where === undefined ? late : { ...late, where };
}

/** A message that has not begun is late once its host was silent for as long as its limit. */
function fallsDue({ since, limitMs }: Wait, { quietSince, missed }: Look): number | undefined {
  if (quietSince === undefined) return undefined;
  const from = Math.max(since, quietSince);
  return from + limitMs + missed(from);
}

function lateWait({ actor }: Work, { method, limitMs, since }: Wait, { now, missed }: Look): Late {
  return withMissed({ method, limitMs, ageMs: now - since - missed(since), actor, seq: 0 }, missed(since));
}

function withMissed(late: Late, missedMs: number): Late {
  return missedMs > 0 ? { ...late, missedMs } : late;
}
