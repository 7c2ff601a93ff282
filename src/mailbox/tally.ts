import { isErrorCode, isHoldfastError } from "../errors.js";
import { Latencies } from "./latencies.js";
import type { Meter } from "./meter.js";

/** By code, or by cause. */
type Counts = Map<string, number>;

/**
 * What has become of the messages that were sent to one place. Each counts twice: when it is accepted, and when it is settled.
 * Numbers are counted where things happen and read when somebody looks: nothing is pushed.
 *
 *   sent ─▶ refused: by code │ accepted ─▶ waits, executes ─▶ answered │ told │ failed: by code
 */
export class Tally {
  accepted = 0;
  /** Asks that have a value. */
  answered = 0;
  /** Tells that were handled. */
  told = 0;
  /** Times that one was handed back after a death, to run again. */
  redelivered = 0;
  failed: Counts | undefined = undefined;
  refused: Counts | undefined = undefined;
  restarts: Counts | undefined = undefined;
  /** Restarts that no death came before, by why. */
  planned: Counts | undefined = undefined;
  latencies: Latencies | undefined = undefined;
  readonly meter: Meter;
  /** Of the unit that this one is a part of: mail counts there, restarts in both. */
  readonly whole: Tally | undefined;
  /** Of what is gone: who counts what is refused to those who still send to it. */
  #heir: Tally | undefined;

  constructor(meter: Meter, whole?: Tally) {
    this.meter = meter;
    this.whole = whole;
  }

  fails(error: Error): void {
    this.failed = oneMore(this.failed, codeOf(error));
  }

  refuses(error: Error): void {
    if (this.#heir) this.#heir.refusesForGone(error);
    else this.refused = oneMore(this.refused, codeOf(error));
  }

  /** Somebody has sent to what was below it, and is gone. */
  refusesForGone(error: Error): void {
    this.refused = oneMore(this.refused, codeOf(error));
    this.whole?.refuses(error);
  }

  /** @param cause of the death before it */
  restarted(cause: string): void {
    this.restarts = oneMore(this.restarts, cause);
    this.whole?.restarted(cause);
  }

  /** @param why it is started anew, though nothing has died */
  restartsAsPlanned(why: string): void {
    this.planned = oneMore(this.planned, why);
    this.whole?.restartsAsPlanned(why);
  }

  /** What another has counted counts here from now on. @param heir where what it refuses from now on counts, and here with it */
  takeOver(other: Tally, heir: Tally): void {
    other.#heir = heir;
    this.accepted += other.accepted;
    this.answered += other.answered;
    this.told += other.told;
    this.redelivered += other.redelivered;
    this.failed = sum(this.failed, other.failed);
    this.refused = sum(this.refused, other.refused);
    this.restarts = sum(this.restarts, other.restarts);
    this.planned = sum(this.planned, other.planned);
    this.latencies = bothLatencies(this.latencies, other.latencies);
    other.clear();
  }

  /** It is not gone any more: what it refuses is its own again. */
  isBack(): void {
    this.#heir = undefined;
  }

  clear(): void {
    this.accepted = this.answered = this.told = this.redelivered = 0;
    this.failed = this.refused = this.restarts = this.planned = undefined;
    this.latencies = undefined;
  }

  /** One has its outcome, and times are taken. @param since when it was accepted; undefined: before anybody wanted to know */
  took(since: number | undefined): void {
    if (since === undefined) return;
    this.latencies ??= new Latencies();
    this.latencies.add(Math.max(0, this.meter.now() - since));
  }
}

/** Of what is no HoldfastError, or has a code that this version does not know: "Error". */
function codeOf(error: Error): string {
  return isHoldfastError(error) && isErrorCode(error.code) ? error.code : "Error";
}

function sum(one: Counts | undefined, other: Counts | undefined): Counts | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  for (const [name, count] of other) one.set(name, (one.get(name) ?? 0) + count);
  return one;
}

function bothLatencies(one: Latencies | undefined, other: Latencies | undefined): Latencies | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  one.addAll(other);
  return one;
}

function oneMore(counts: Counts | undefined, name: string): Counts {
  const all = counts ?? new Map<string, number>();
  all.set(name, (all.get(name) ?? 0) + 1);
  return all;
}
