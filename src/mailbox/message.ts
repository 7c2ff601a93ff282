import { HoldfastError } from "../errors.js";
import { NORMAL_RANK } from "../protocol/priority.js";
import type { Answer } from "./answer.js";
import type { Asker } from "./asker.js";
import type { MessageList } from "./message-list.js";
import type { MessageOptions } from "./message-options.js";
import type { MessageTrace } from "./message-trace.js";
import { type Charge, type MailPlace, Rare } from "./rare.js";
import type { Tally } from "./tally.js";
import type { TellRun } from "./tell-run.js";

/**
 * Whether a packed value needs work on its way: true when wrapped errors, refs or tensors are inside, which the receiver
 * unwraps; "large" when only arrays are, which may travel beside it.
 */
export type Special = boolean | "large";

/** How an ask ends: once, with one of these. */
export type Outcome = { ok: true; value: unknown } | { ok: false; error: Error };

/** Where a message is; a death moves a delivered one back to `queued`, and from `gone` nothing returns. */
type Place = "queued" | "delivered" | "gone";

/** What all calls of one method through one ref have in common. */
export interface Sent {
  readonly method: string;
  readonly options: MessageOptions;
  /** Which queue it waits in, 0 the first to start; undefined for a normal one. See protocol/priority.ts. */
  readonly rank?: number | undefined;
  /** Where its end is counted. */
  readonly tally: Tally;
  /** The path that it was sent to. */
  readonly to?: string;
  /** A tell has failed. */
  lost(message: Message, error: Error): void;
}

/**
 * One ask or tell, and its ledger entry: it settles exactly once. Millions are made in a second, so it has few fields, what
 * most do not need is made on first use, and all are of one shape, whose constructor calls no other: a base costs as much again.
 */
export class Message {
  readonly sent: Sent;
  /** Of an ask. */
  readonly answer: Answer | undefined;
  /** The only argument, where there is exactly one; it may stand in `all` too. */
  first: unknown;
  /** All arguments, where they are not one, or somebody has asked for them. */
  all: unknown[] | undefined;
  /** Whether `args` needs work on its way. */
  readonly special: Special;
  bytes: number;
  /** Number among its receiver's messages, given anew at each delivery. 0 before. */
  seq = 0;
  place: Place = "queued";
  /** Its caller has an outcome. A replayed message runs once more all the same, to rebuild state; nobody hears of it. */
  settled = false;
  /** When it was handed to a host last, monotonic ms. */
  deliveredAt: number | undefined = undefined;
  previous: Message | undefined = undefined;
  next: Message | undefined = undefined;
  /** The list in which it stands; its holder lets it go while it is queued, and tells its host once it is delivered. */
  line: MessageList | undefined = undefined;
  /** Tells that wait behind this one and are none yet. */
  more: TellRun | undefined = undefined;
  /** Not `#rare`: to define one costs each message more than an ordinary field does. */
  private rare: Rare | undefined = undefined;

  /** @param all undefined: `first` is the only argument */
  constructor(
    sent: Sent,
    first: unknown,
    all: unknown[] | undefined,
    special: Special,
    bytes: number,
    answer: Answer | undefined,
  ) {
    this.sent = sent;
    this.first = first;
    this.all = all;
    this.special = special;
    this.bytes = bytes;
    this.answer = answer;
  }

  get ask(): boolean {
    return this.answer !== undefined;
  }

  get method(): string {
    return this.sent.method;
  }

  get options(): MessageOptions {
    return this.sent.options;
  }

  get rank(): number {
    return this.sent.rank ?? NORMAL_RANK;
  }

  /** Packed: ready to cross to any host, and kept until settled in case it must be delivered again. */
  get args(): unknown[] {
    this.all ??= [this.first];
    return this.all;
  }

  set args(args: unknown[]) {
    this.all = args;
  }

  /** Monotonic ms; Infinity for none. */
  get deadline(): number {
    return this.answer === undefined ? Number.POSITIVE_INFINITY : this.answer.deadline;
  }

  get sender(): string {
    return this.options.sender ?? "app";
  }

  get idempotent(): boolean {
    return this.options.idempotent ?? false;
  }

  get asker(): Asker | undefined {
    return this.options.asker;
  }

  /** Deaths it was executing at and may have caused. */
  get deaths(): number {
    return this.rare?.deaths ?? 0;
  }

  set deaths(deaths: number) {
    this.rarely.deaths = deaths;
  }

  /** Its answer was given and its effect is not in a snapshot yet: it runs again after a death, to rebuild the state. */
  get replay(): boolean {
    return this.rare?.replay ?? false;
  }

  set replay(replay: boolean) {
    this.rarely.replay = replay;
  }

  /** Among all messages that a durable actor was ever given, the same however often it runs; 0: it has none. */
  get sequence(): number {
    return this.rare?.sequence ?? 0;
  }

  set sequence(sequence: number) {
    this.rarely.sequence = sequence;
  }

  /** Of a tell that is stored until it is over. */
  get mail(): MailPlace | undefined {
    return this.rare?.mail;
  }

  set mail(mail: MailPlace | undefined) {
    this.rarely.mail = mail;
  }

  /** It was executing at a death that nobody could be named for, or caused one: it is tried again alone. */
  get suspect(): boolean {
    return this.rare?.suspect ?? false;
  }

  set suspect(suspect: boolean) {
    if (suspect || this.rare) this.rarely.suspect = suspect;
  }

  /** The deaths it was charged with, as their reports say. */
  get charges(): Charge[] | undefined {
    return this.rare?.charges;
  }

  set charges(charges: Charge[] | undefined) {
    this.rarely.charges = charges;
  }

  /** Who follows it, from its acceptance on. */
  get trace(): MessageTrace | undefined {
    return this.rare?.trace;
  }

  set trace(trace: MessageTrace) {
    this.rarely.trace = trace;
  }

  /** Values of an output stream that have arrived for the caller. */
  get partsDelivered(): number {
    return this.rare?.partsDelivered ?? 0;
  }

  set partsDelivered(count: number) {
    this.rarely.partsDelivered = count;
  }

  get onPart(): ((value: unknown) => void) | undefined {
    return this.rare?.onPart;
  }

  set onPart(onPart: ((value: unknown) => void) | undefined) {
    this.rarely.onPart = onPart;
  }

  /** The consumer took one value of the stream: its host may send one more. */
  get onConsumed(): (() => void) | undefined {
    return this.rare?.onConsumed;
  }

  set onConsumed(onConsumed: (() => void) | undefined) {
    this.rarely.onConsumed = onConsumed;
  }

  /** What is to be done when it settles, before its caller hears: nobody listens for its signal any more, tensors are back. */
  atItsEnd(end: () => void): void {
    this.rarely.also(end);
  }

  /** The call came from an actor of the same system: a draining one still takes it. */
  get inner(): boolean {
    return this.asker !== undefined;
  }

  /** The first call counts; later ones return false. */
  settle(outcome: Outcome): boolean {
    return outcome.ok ? this.succeed(outcome.value) : this.fail(outcome.error);
  }

  succeed(value: unknown): boolean {
    if (this.settled) return false;
    this.settled = true;
    if (this.rare !== undefined) this.rare.over(undefined);
    const { answer } = this;
    const { tally } = this.sent;
    if (answer === undefined) tally.told++;
    else {
      tally.answered++;
      if (tally.meter.on) tally.took(answer.since);
      answer.resolve(value);
    }
    return true;
  }

  fail(error: Error): boolean {
    if (this.settled) return false;
    this.sent.tally.fails(error);
    this.ends(error);
    return true;
  }

  /** The same of one that was not accepted. */
  refuse(error: Error): void {
    this.sent.tally.refuses(error);
    this.ends(error);
  }

  /**
   * The caller no longer wants it: it leaves the queue, or its host is told. One that was handed over and has not begun
   * may still begin before its host hears of it, so only one that never left is safe to send again.
   */
  giveUp(code: "Cancelled" | "Timeout", why: string, cause?: unknown): void {
    const { line, place } = this;
    // This thread may have been busy while the answer lay ready: who has it in time is not told that there was none.
    if (code === "Timeout" && place === "delivered") line?.holder.hear();
    if (this.settled) return;
    const courier = this.place === "delivered" ? this.line?.holder : undefined;
    const started = courier?.begun(this) ?? false;
    const where = started
      ? "it may have run"
      : courier
        ? "it had been handed over, and may begin before its host hears of it"
        : "it had not started";
    if (this.place === "queued") this.line?.holder.remove(this);
    this.fail(
      new HoldfastError(code, `${this.method}: ${why} (${where})`, {
        retryable: !courier,
        details: { started: started || (courier ? "unknown" : false) },
        ...(cause === undefined ? {} : { cause }),
      }),
    );
    courier?.cancel(this);
  }

  private ends(error: Error): void {
    this.settled = true;
    this.rare?.over(error);
    if (this.answer) this.answer.reject(error);
    else if (this.rare?.mail?.failed(this, error) !== true) this.sent.lost(this, error);
  }

  private get rarely(): Rare {
    this.rare ??= new Rare();
    return this.rare;
  }
}
