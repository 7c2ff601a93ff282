import type { Answer } from "./answer.js";
import type { DeadlineLine, Deadlines, Expiring } from "./deadlines.js";
import type { Message } from "./message.js";

/** Who waits for the outcome of an ask. It is its own entry among the deadlines. */
export class Asking implements Answer, Expiring {
  expired = false;
  /** What it waits for. */
  message: Message | undefined = undefined;
  private settle: (value: unknown) => void;
  private refuse: (error: Error) => void;
  /** Monotonic ms. Tagged on purpose: as a plain number field every ask would have it boxed, limited or not. */
  private limit: number | undefined = undefined;
  private watched: DeadlineLine | undefined = undefined;
  private deadlines: Deadlines | undefined = undefined;
  /** How long it will wait, where that is not counted yet, ms; below 0: for ever, and -1 less this is when it was asked. */
  private uncounted: number | undefined = undefined;

  constructor(settle: (value: unknown) => void, refuse: (error: Error) => void) {
    this.settle = settle;
    this.refuse = refuse;
  }

  get deadline(): number {
    return this.limit ?? Number.POSITIVE_INFINITY;
  }

  get since(): number | undefined {
    if (this.watched !== undefined) return this.limit! - this.watched.timeoutMs;
    const { uncounted = 0 } = this;
    return uncounted < 0 ? -1 - uncounted : undefined;
  }

  /** It waits for ever, and its time is taken. */
  from(now: number): void {
    this.uncounted = -1 - now;
  }

  /** It waits this long, counted from `now`. */
  within(timeoutMs: number, now: number, deadlines: Deadlines): void {
    this.limit = now + timeoutMs;
    this.deadlines = deadlines;
    this.watched = deadlines.put(timeoutMs, this);
  }

  /** It waits this long, counted from `count`: nothing is written down for one that has its outcome before. */
  withinLater(timeoutMs: number, deadlines: Deadlines): void {
    this.uncounted = timeoutMs;
    this.deadlines = deadlines;
  }

  count(now: number): void {
    const timeoutMs = this.uncounted;
    if (timeoutMs === undefined || timeoutMs < 0) return;
    this.uncounted = undefined;
    if (!this.message?.settled) this.within(timeoutMs, now, this.deadlines!);
  }

  expire(): void {
    this.message?.giveUp("Timeout", `no answer within ${this.watched?.timeoutMs} ms`);
  }

  resolve(value: unknown): void {
    const { settle } = this;
    if (this.watched) this.leave();
    settle(value);
  }

  reject(error: Error): void {
    const { refuse } = this;
    if (this.watched) this.leave();
    refuse(error);
  }

  /** The line may keep it for a while: it keeps nothing more itself, or whole calls would outlive their answers. */
  private leave(): void {
    this.deadlines!.forget(this.watched!, this);
    this.message = undefined;
    this.settle = nobody;
    this.refuse = nobody;
  }
}

const nobody = (): void => {};
