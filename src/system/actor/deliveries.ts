import type { ActorFacts, MethodFacts } from "../../actor/methods.js";
import { WINDOW_BYTES } from "../../defaults.js";
import { nextSequence } from "../../host/control-block.js";
import type { Message, Outcome, Sent } from "../../mailbox/message.js";
import type { Holder } from "../../mailbox/message-list.js";
import { decodeError } from "../../transport/error-codec.js";
import type { Packed, ToParent } from "../../transport/frames.js";
import { releaseAll } from "../../transport/lease.js";
import { unpack } from "../../transport/values.js";
import type { Work } from "../cell/work.js";
import { conclude } from "../conclude.js";
import type { SystemContext } from "../context.js";
import type { DurableState } from "../durable/durable-state.js";
import { replayOf } from "../durable/replay-of.js";
import type { Addressee } from "./addressee.js";
import { callFrame } from "./call-frame.js";
import { DirectRuns } from "./direct-runs.js";
import type { HandleOptions } from "./handle-options.js";
import { Inflight } from "./inflight.js";
import { type After, KeptState } from "./kept-state.js";
import { LongRuns } from "./long-runs.js";
import { StreamCredits } from "./stream-credits.js";
import { undeliverable } from "./undeliverable.js";
import { executingIn, workInFlight } from "./work-in-flight.js";

/** With a plain result nothing comes. */
const answeredAlone: After = { ran: true };

/**
 * What was handed to an actor's host and not settled yet, and what it takes to rebuild its state: the last good snapshot
 * with the messages answered since. Made with the actor's first message; it goes on through its incarnations.
 */
export class Deliveries implements Holder {
  readonly #context: SystemContext;
  readonly #to: Addressee;
  readonly #inflight = new Inflight(this);
  readonly #direct: DirectRuns;
  readonly #window: number;
  readonly #pooled: boolean;
  /** What its state is built from. */
  readonly kept: KeptState;
  readonly #credits = new StreamCredits();
  readonly #long = new LongRuns();
  #seq = 0;
  /** Most messages are sent as the one before was. */
  #latestSent: Sent | undefined;
  #latest: MethodFacts | undefined;
  /** What of it is stored; undefined where nothing is. */
  readonly durable: DurableState | undefined;

  constructor(context: SystemContext, to: Addressee, options: HandleOptions) {
    const { snapshotEvery, window, pooled, onKept, durable } = options;
    this.#context = context;
    this.#to = to;
    this.#window = window;
    this.#pooled = pooled === true;
    this.#direct = new DirectRuns(context, to, this.#inflight, this, pooled !== true);
    this.kept = new KeptState(snapshotEvery, durable !== undefined, onKept);
    this.durable = durable && context.store!.stateOf(to.entity, to, durable);
  }

  get size(): number {
    return this.#inflight.size;
  }

  /** Messages that have no outcome. */
  get owed(): number {
    return this.#inflight.owed + (this.durable?.owed ?? 0);
  }

  /** See Receiver. */
  get atOnce(): boolean {
    return this.#direct.idle;
  }

  deliver(message: Message): void {
    const { cell } = this.#to;
    const { facts } = cell!;
    const known = message.sent === this.#latestSent || this.#known(message.sent, facts);
    const refused = known && !this.#latest!.mutates ? undefined : undeliverable(message, this.#to, known);
    if (refused) return void message.fail(refused);
    if (this.durable?.admits(message) === false) return;
    this.#seq = nextSequence(this.#seq);
    message.seq = this.#seq;
    if (this.#pooled) this.#to.took?.(message);
    if (this.#latest!.stream) {
      message.onConsumed = () => this.#more(message);
      this.#credits.begin(message.seq);
    }
    // One that is tried again alone goes the long way, where each step is told.
    if (this.#direct.on && !message.suspect) {
      this.#direct.hand(message);
      return;
    }
    message.deliveredAt = this.#context.callMade.at || this.#context.clock.now();
    message.trace?.handed(this.#to, message.deliveredAt);
    this.#inflight.append(message, "delivered");
    const snapshot = facts.replayable && this.kept.due(message, this.#inflight.size, facts);
    const sequence = this.durable === undefined ? 0 : message.sequence;
    const again = facts.replayable || this.#latest!.idempotent || message.idempotent;
    cell!.send(callFrame(message, this.#to, snapshot, sequence, again));
  }

  /**
   * The short way of a new message: to an actor in this thread, or behind a full window, where nothing is to be pumped.
   * @returns false where it has to go through the mailbox
   * @throws HoldfastError MailboxFull, InvalidValue
   */
  take(message: Message): boolean {
    const { size } = this.#inflight;
    if (size >= this.#window && size >= (this.#to.cell?.facts.concurrency ?? 1)) {
      this.#to.mailbox.push(message);
      return true;
    }
    if (this.#direct.takes(message)) {
      this.deliver(message);
      return true;
    }
    // Where mail is run out of the mailbox, the room it left in the window is filled only now.
    this.#to.pump();
    return false;
  }

  /**
   * The shortest way, of a new message with plain arguments: it runs next, and what would have to be told of it is nothing.
   * @returns false where it has to be accepted as any other
   */
  begins(message: Message): boolean {
    const { sent } = message;
    if (this.#pooled || this.durable !== undefined || !this.#direct.idle) return false;
    const { mailbox, cell } = this.#to;
    if (message.bytes > mailbox.limits.bytes || cell!.inquest.trials !== undefined) return false;
    if (sent !== this.#latestSent && !this.#known(sent, cell!.facts)) return false;
    const { stream, mutates } = this.#latest!;
    if (stream || mutates) return false;
    message.seq = this.next();
    this.#direct.hand(message);
    return true;
  }

  /** Its large arrays wait outside the host: enough are there to go on with. */
  hasEnoughFor({ special }: Message): boolean {
    if (special !== "large" || this.#inflight.bytes < WINDOW_BYTES || this.#direct.on) return false;
    return this.#inflight.size > this.#to.cell!.facts.concurrency;
  }

  numbered(message: Message): boolean {
    if (message.suspect || !this.runsBare(message.sent)) return false;
    message.seq = this.next();
    return true;
  }

  runsBare(sent: Sent): boolean {
    return (sent === this.#latestSent || this.#known(sent, this.#to.cell!.facts)) && !this.#latest!.stream;
  }

  next(): number {
    this.#seq = nextSequence(this.#seq);
    return this.#seq;
  }

  joins(sent: Sent, first: unknown): boolean {
    return this.#direct.joins(sent, first);
  }

  /** One that has not begun is given up. */
  remove(message: Message): void {
    if (!this.#inflight.remove(message)) return;
    this.#credits.ended(message.seq);
    this.#to.freed(false);
  }

  #known(sent: Sent, { methods }: ActorFacts): boolean {
    if (!Object.hasOwn(methods, sent.method)) return false;
    this.#latestSent = sent;
    this.#latest = methods[sent.method];
    return true;
  }

  part({ seq, value }: Extract<ToParent, { t: "part" }>): void {
    const message = this.#inflight.get(seq);
    if (!message) return;
    this.#credits.of(seq)?.arrived(this.#context.clock.now());
    // Nobody reads: it must not wait for credit for ever.
    if (message.settled || !message.onPart) {
      this.#more(message);
      if (value.special === true) releaseAll(this.#open(value));
    } else {
      message.partsDelivered++;
      message.onPart(this.#open(value));
    }
  }

  /** @returns false for one that is not expected */
  done(frame: Extract<ToParent, { t: "done" }>): boolean {
    const { outcome } = frame;
    const message = this.#inflight.get(frame.seq);
    if (!message) return false;
    if (frame.times) message.trace?.ran(frame.times.began, frame.times.ended);
    this.#left(message, outcome.ok, frame);
    if (!outcome.ok && outcome.error.code === undefined) this.#to.failed?.();
    const end: Outcome = outcome.ok
      ? { ok: true, value: this.#open(outcome.value) }
      : { ok: false, error: decodeError(outcome.error) };
    if (this.durable && frame.ran && !message.replay) this.durable.took(message, frame, end, this.#to.cell!.facts);
    else conclude(message, end);
    return true;
  }

  /** The same of one that went well, with a plain result. */
  answered(seq: number, result: unknown): boolean {
    const message = this.#inflight.get(seq);
    if (!message) return false;
    this.#left(message, true, answeredAlone);
    if (this.durable && !message.replay)
      this.durable.took(message, answeredAlone, { ok: true, value: result }, this.#to.cell!.facts);
    else message.succeed(result);
    return true;
  }

  #left(message: Message, ok: boolean, after: After): void {
    this.#inflight.remove(message);
    if (this.#pooled && ok && after.ran) this.#to.answeredOne?.(message);
    this.#credits.ended(message.seq);
    if (this.#long.any) this.#long.ended(message, ok, this.#to.cell?.longest, this.#context.clock);
    this.#direct.goOn();
    message.place = "gone";
    message.suspect = false;
    const facts = this.#to.cell?.facts;
    if (facts?.replayable) this.kept.left(this.durable && !message.replay ? replayOf(message) : message, after, facts);
  }

  hear(): void {
    this.#to.cell?.host.hear?.();
  }

  begun(message: Message): boolean {
    const { cell, entry } = this.#to;
    return this.#has(message) && (cell?.hasBegun(entry, message.seq) ?? false);
  }

  cancel(message: Message): void {
    const { id: actor, incarnation, cell, entry } = this.#to;
    if (!this.#has(message)) return;
    // A loop that never awaits hears no frame.
    cell?.host.control.cancel(entry, cell.facts.concurrency, message.seq);
    this.#credits.of(message.seq)?.closed(this.#context.clock.now());
    cell?.send({ t: "cancel", actor, incarnation, seq: message.seq });
  }

  /** What its host works on, as the record says. */
  handling(): Message[] {
    return executingIn(this.#to, this.#inflight);
  }

  work(now: number, changing: boolean): Work | undefined {
    return workInFlight(
      this.#to,
      { inflight: this.#inflight, credits: this.#credits, long: this.#long },
      now,
      changing,
    );
  }

  /** It finishes what executes, and begins nothing more. */
  stopping(): void {
    this.#direct.close();
  }

  /** The incarnation is over: what was with it, in the order it was handed over. */
  takeAll(): Message[] {
    this.#credits.forget();
    this.#long.forget();
    this.#direct.end();
    this.kept.over();
    // The next cell may hold another version of the class.
    this.#latestSent = undefined;
    return this.#inflight.takeAll();
  }

  /** None of it had begun: what somebody still waits for, or what rebuilds the state, in order. */
  takeUnbegun(): Message[] {
    return this.takeAll().filter(({ settled, replay }) => replay || !settled);
  }

  #more(message: Message): void {
    const { id: actor, incarnation, cell } = this.#to;
    if (!this.#has(message)) return;
    this.#credits.of(message.seq)?.granted(1, this.#context.clock.now());
    cell?.send({ t: "more", actor, incarnation, seq: message.seq, count: 1 });
  }

  #has(message: Message): boolean {
    return message.line === this.#inflight;
  }

  #open(packed: Packed): unknown {
    return unpack(packed, (path) => this.#context.resolve(path));
  }
}
