import type { DeadlineLine, Deadlines, Expiring } from "./deadlines.js";
import { Message, type MessageOptions, type Outcome, type Special } from "./message.js";

/** A message whose caller waits for its outcome. It is its own entry among the deadlines. */
export class AskMessage extends Message implements Expiring {
  readonly ask = true;
  expired = false;
  private readonly resolve: (value: unknown) => void;
  private readonly reject: (error: Error) => void;
  /** Monotonic ms. Tagged on purpose: as a plain number field every message would have it boxed, asked for or not. */
  private limit: number | undefined = undefined;
  private watched: DeadlineLine | undefined = undefined;
  private deadlines: Deadlines | undefined = undefined;

  constructor(
    method: string,
    args: unknown[],
    special: Special,
    bytes: number,
    options: MessageOptions,
    resolve: (value: unknown) => void,
    reject: (error: Error) => void,
  ) {
    super(method, args, special, bytes, options);
    this.resolve = resolve;
    this.reject = reject;
  }

  override get deadline(): number {
    return this.limit ?? Number.POSITIVE_INFINITY;
  }

  /** Its caller waits this long, counted from `now`. */
  within(timeoutMs: number, now: number, deadlines: Deadlines): void {
    this.limit = now + timeoutMs;
    this.deadlines = deadlines;
    this.watched = deadlines.put(timeoutMs, this);
  }

  expire(): void {
    this.giveUp("Timeout", `no answer within ${this.watched?.timeoutMs} ms`);
  }

  override succeed(value: unknown): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.rare?.end?.();
    if (this.watched) this.deadlines!.forget(this.watched, this);
    this.resolve(value);
    return true;
  }

  protected override heard(outcome: Outcome): void {
    if (this.watched) this.deadlines!.forget(this.watched, this);
    if (outcome.ok) this.resolve(outcome.value);
    else this.reject(outcome.error);
  }
}
