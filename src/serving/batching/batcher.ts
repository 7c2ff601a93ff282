import { AsyncResource } from "node:async_hooks";
import { noTimer, type Timer } from "../../clock.js";
import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import { type BatchSize, firstSize, nextSize } from "./batch-aimd.js";
import { costOf, partsOf } from "./batch-cost.js";
import { BatchCosts } from "./batch-costs.js";
import { BatchItem, type ItemCall } from "./batch-item.js";
import { type BatchOptions, type BatchSettings, batchSettings } from "./batch-options.js";
import { decideBatch } from "./batch-rule.js";
import { batchSpan } from "./batch-span.js";
import { runHalves } from "./run-halves.js";

/** What a run knows of its batch. */
export interface BatchCall {
  /** The key that its items share; "" where there is no `key`. */
  readonly key: string;
  /** Their weights together. */
  readonly weight: number;
  /** Fires when nobody wants any of the answers any more. */
  readonly signal: AbortSignal;
}

/**
 * Runs a batch.
 * @returns for each item, in order, its result, or an Error in its place: it fails alone
 */
export type RunBatch<T, R> = (
  items: readonly T[],
  call: BatchCall,
) => Promise<readonly (R | Error)[]> | readonly (R | Error)[];

/** What a batcher has done and learned. */
export interface BatcherStats {
  /** Items that wait, and their weight. */
  readonly waiting: number;
  readonly waitingWeight: number;
  /** Items under way. */
  readonly running: number;
  /** Since it was made: runs (again in halves included), items that ran, items refused. */
  readonly runs: number;
  readonly items: number;
  readonly refused: number;
  /** The most items of a batch as it is now: `max`, or what was found for `target`. */
  readonly max: number;
  /** A run's cost as learned: fixed + each × weight, ms. Undefined before the first. */
  readonly cost: { readonly fixedMs: number; readonly eachMs: number } | undefined;
}

/** Gathers items that come one by one, and runs them together. */
export interface Batcher<T, R> {
  /**
   * One item more.
   * @param call until when, and for whom: `this.call` of a handler
   * @throws HoldfastError (rejects) MailboxFull: as many wait as may; Timeout: its deadline passed before it ran; Cancelled or
   *   the signal's reason; what run() gave in its place, or was rejected with
   */
  add(item: T, call?: ItemCall): Promise<R>;
  stats(): BatcherStats;
}

/**
 * Dynamic batching for any actor that runs several messages at once (`static concurrency` of at least twice `max`: one batch
 * runs while the next one gathers). One batch runs at a time; what comes meanwhile makes the next one larger. What is given up
 * or late leaves before it runs; what runs is not left before its run is over, so that whoever dies of it is known.
 *
 *   add ─▶ waiting ──(size, weight, delay, deadline; nothing runs)──▶ run() ─▶ answers
 *             └─ given up, late ─▶ rejected, never run       └─ rejected ─▶ halves, where idempotent
 *
 * @throws HoldfastError InvalidSpec for an unknown option or one out of range
 * @example
 * import { Actor } from "holdfast";
 * import { batcher } from "holdfast/serving";
 * class Doubling extends Actor {
 *   static override concurrency = 16;
 *   static override onThrow = "reply"; // a bad item is no reason to rebuild the actor
 *   static override methods = { double: { idempotent: true } };
 *   #batch = batcher((numbers: readonly number[]) => numbers.map((n) => n * 2), { max: 8, delay: "2ms", idempotent: true });
 *   double(n: number): Promise<number> {
 *     return this.#batch.add(n, this.call);
 *   }
 * }
 */
export function batcher<T, R>(run: RunBatch<T, R>, options: BatchOptions<T> = {}): Batcher<T, R> {
  if (typeof run !== "function") {
    throw new HoldfastError("InvalidSpec", `batcher() got ${shown(run)}: give the function that runs a batch`);
  }
  return new BatchEngine(run, batchSettings(options));
}

class BatchEngine<T, R> implements Batcher<T, R> {
  readonly #run: RunBatch<T, R>;
  readonly #settings: BatchSettings<T>;
  /** Batches belong to no message of theirs: an error that one leaves behind must not be taken for that of whoever came first. */
  readonly #own = new AsyncResource("holdfast.batcher");
  readonly #costs = new BatchCosts();
  #waiting: BatchItem<T, R>[] = [];
  #waitingWeight = 0;
  #running: readonly BatchItem<T, R>[] = [];
  #size: BatchSize;
  /** When the run before began, monotonic ms. */
  #before = Number.NEGATIVE_INFINITY;
  #turn = false;
  #timer: Timer = noTimer;
  #runs = 0;
  #items = 0;
  #refused = 0;

  constructor(run: RunBatch<T, R>, settings: BatchSettings<T>) {
    this.#run = run;
    this.#settings = settings;
    this.#size = settings.targetMs === undefined ? { ...firstSize, size: settings.max } : firstSize;
  }

  async add(item: T, call: ItemCall = {}): Promise<R> {
    const { key, weight, clock, maxWaiting, maxWaitingWeight } = this.#settings;
    const { signal } = call;
    signal?.throwIfAborted();
    const weighs = weightOf(weight(item));
    // One that is too heavy for the bound itself may wait alone: else it would be refused for ever.
    const overweight = this.#waiting.length > 0 && this.#waitingWeight + weighs > maxWaitingWeight;
    if (this.#waiting.length >= maxWaiting || overweight) throw this.#full();
    const entry = new BatchItem<T, R>(item, key(item), weighs, clock.now(), call);
    this.#waiting.push(entry);
    this.#waitingWeight += weighs;
    entry.onGivenUp(() => this.#leave(entry));
    this.#look();
    return entry.answer;
  }

  stats(): BatcherStats {
    return {
      waiting: this.#waiting.length,
      waitingWeight: this.#waitingWeight,
      running: this.#running.length,
      runs: this.#runs,
      items: this.#items,
      refused: this.#refused,
      max: this.#size.size,
      cost: partsOf(this.#costs.all),
    };
  }

  /** Looks once the turn of the event loop is over: what comes in it, or came while a run blocked the thread, is there then. */
  #look(): void {
    if (this.#turn) return;
    this.#turn = true;
    const looks = () => {
      this.#turn = false;
      this.#own.runInAsyncScope(() => this.#decide());
    };
    const { clock } = this.#settings;
    // Time that stands still must not be moved on before this has looked.
    if (clock.flows) setImmediate(looks);
    else clock.after(0, looks);
  }

  #decide(): void {
    this.#timer.cancel();
    const { clock, delayMs: maxDelayMs, maxWeight } = this.#settings;
    const now = clock.now();
    this.#dropLate(now);
    const limits = { maxSize: this.#size.size, maxWeight, maxDelayMs };
    const free = this.#running.length === 0;
    const decision = decideBatch(this.#waiting, limits, (key) => this.#costs.of(key), free, now);
    if (decision.is === "run") {
      const batch = decision.items.map((i) => this.#waiting[i]!);
      const taken = new Set(batch);
      this.#waiting = this.#waiting.filter((one) => !taken.has(one));
      for (const { weight } of batch) this.#waitingWeight -= weight;
      void this.#perform(batch);
    }
    this.#wake(decision.is === "run" ? Number.POSITIVE_INFINITY : decision.until, now);
  }

  /** Nobody waits past its deadline, also while a run goes on. */
  #wake(until: number, now: number): void {
    const next = this.#waiting.reduce((soonest, { deadline }) => Math.min(soonest, deadline), until);
    if (next === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#settings.clock.after(Math.max(0, next - now), () =>
      this.#own.runInAsyncScope(() => this.#decide()),
    );
  }

  async #perform(batch: readonly BatchItem<T, R>[]): Promise<void> {
    this.#running = batch;
    const { clock, idempotent } = this.#settings;
    const abort = new AbortController();
    for (const one of batch) one.onGivenUp(() => batch.every(({ givenUp }) => givenUp) && abort.abort());
    const began = clock.now();
    let firstTook: number | undefined;
    const once = async (some: readonly BatchItem<T, R>[]) => {
      this.#runs++;
      const call = { key: batch[0]!.key, weight: weightOfAll(some), signal: abort.signal };
      const run = () =>
        this.#run(
          some.map(({ item }) => item),
          call,
        );
      const answers = await batchSpan(some, clock, run);
      if (some === batch) firstTook = clock.now() - began;
      return answers;
    };
    const still = (one: BatchItem<T, R>) => !one.givenUp && one.deadline > clock.now();
    const { outcomes } = await runHalves(batch, once, idempotent, still);
    const ended = clock.now();
    if (firstTook !== undefined) this.#costs.learn(batch[0]!.key, weightOfAll(batch), firstTook);
    this.#resize(batch, ended);
    this.#before = began;
    this.#items += batch.length;
    this.#running = [];
    for (const one of batch) {
      const { value, failed } = outcomes.get(one)!;
      one.settle(value, failed);
    }
    if (this.#waiting.length > 0) this.#look();
  }

  #resize(batch: readonly BatchItem<T, R>[], ended: number): void {
    const { targetMs, max } = this.#settings;
    if (targetMs === undefined) return;
    // How long it had to stand in line is not the size's doing: smaller batches would make a line longer.
    const late = batch.filter(({ since }) => ended - Math.max(since, this.#before) > targetMs).length;
    this.#size = nextSize(this.#size, batch.length, late, max);
  }

  #dropLate(now: number): void {
    for (const one of this.#waiting.filter(({ deadline }) => deadline <= now)) {
      this.#remove(one);
      one.leave("late");
    }
  }

  #leave(one: BatchItem<T, R>): void {
    if (!this.#remove(one)) return;
    one.leave("given up");
    if (this.#waiting.length === 0) this.#timer.cancel();
  }

  #remove(one: BatchItem<T, R>): boolean {
    const at = this.#waiting.indexOf(one);
    if (at < 0) return false;
    this.#waiting.splice(at, 1);
    this.#waitingWeight -= one.weight;
    return true;
  }

  #full(): HoldfastError {
    this.#refused++;
    const { maxWaiting, maxWaitingWeight } = this.#settings;
    const bounds = [`maxWaiting ${maxWaiting}`, `maxWaitingWeight ${maxWaitingWeight}`];
    const ms = costOf(this.#costs.all, this.#waitingWeight);
    return new HoldfastError(
      "MailboxFull",
      `${this.#waiting.length} items wait for a batch, of weight ${this.#waitingWeight}: at the bound (${bounds.join(", ")})`,
      { ...(ms !== undefined && { retryAfterMs: Math.ceil(ms) }), details: { waiting: this.#waiting.length } },
    );
  }
}

function weightOfAll(items: readonly { readonly weight: number }[]): number {
  return items.reduce((sum, { weight }) => sum + weight, 0);
}

function weightOf(weight: number): number {
  if (typeof weight === "number" && weight > 0 && weight < Number.POSITIVE_INFINITY) return weight;
  throw new HoldfastError("InvalidValue", `batcher().weight gave ${shown(weight)}: give a number above 0`);
}
