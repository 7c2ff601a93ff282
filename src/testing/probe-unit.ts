import type { Target } from "../actor/ref.js";
import { HoldfastError } from "../errors.js";
import { noMail } from "../mailbox/mail-stats.js";
import type { Message } from "../mailbox/message.js";
import { type Holder, MessageList } from "../mailbox/message-list.js";
import { Tally } from "../mailbox/tally.js";
import type { ChildRecord } from "../supervision/state.js";
import type { SystemContext } from "../system/context.js";
import type { Receiver } from "../system/receiver.js";
import type { UnitStats } from "../system/stats.js";
import { targetOf } from "../system/target.js";
import type { TreeNode } from "../system/tree.js";
import { type Keeper, noKeeper, type Standing, type Unit } from "../system/unit.js";
import { unitStats } from "../system/unit-stats.js";
import { ReceivedMessage } from "./received.js";

/** Unanswered asks that a probe holds: far above what a test means to send, far below what a runaway sender would. */
const MOST_OPEN = 10_000;

/**
 * A probe's place in a tree: a unit like any other to its supervisor and its callers. It has no code to run, so it
 * cannot crash; what arrives is handed to the test at once.
 *
 *   ref.ask.m(x) ─▶ targetOf ─▶ Message ─▶ accept ─▶ the test
 *        ◀── promise ◀── settle (reply | fail | Timeout | Cancelled | stopped)
 */
export class ProbeUnit implements Unit, Receiver, Holder {
  readonly name: string;
  readonly path: string;
  readonly target: Target;
  readonly tally: Tally;
  keeper: Keeper = noKeeper;
  record: ChildRecord | undefined;
  incarnation = 0;
  readonly #context: SystemContext;
  readonly #take: (received: ReceivedMessage) => void;
  /** Asks without an answer. */
  readonly #open = new MessageList(this);
  #refusal: HoldfastError | undefined;

  constructor(context: SystemContext, name: string, path: string, take: (received: ReceivedMessage) => void) {
    this.#context = context;
    this.#take = take;
    this.name = name;
    this.path = path;
    this.tally = new Tally(context.meter);
    this.target = targetOf(context, this);
  }

  accept(message: Message, key?: string): void {
    if (this.#refusal) throw this.#refusal;
    if (this.#open.size >= MOST_OPEN) this.#sweep();
    if (this.#open.size >= MOST_OPEN) {
      const full = `${this.path}: the probe holds ${MOST_OPEN} asks that the test has not answered`;
      throw new HoldfastError("MailboxFull", full);
    }
    // A tell has no outcome to wait for; what is asked stays open until the test, the caller or the end settles it.
    if (message.ask) this.#open.append(message, "delivered");
    else message.settle({ ok: true, value: undefined });
    this.#take(new ReceivedMessage(message, key, this.path, (path) => this.#context.resolve(path)));
  }

  /** What the test answers is heard at once. */
  hear(): void {}

  /** The test has seen it: for a caller who gives up, it may have taken effect. */
  begun(): boolean {
    return true;
  }

  cancel(message: Message): void {
    this.#open.remove(message);
  }

  remove(message: Message): void {
    this.#open.remove(message);
  }

  isStream(): boolean {
    return false;
  }

  async start(): Promise<void> {
    this.incarnation++;
    this.#refusal = undefined;
  }

  async stop(): Promise<void> {}

  dispose(error: HoldfastError): void {
    this.#refusal = error;
    for (const message of this.#open.takeAll()) message.fail(error);
  }

  drain(): void {}

  #sweep(): void {
    for (let one = this.#open.first; one; ) {
      const { next } = one;
      if (one.settled) this.#open.remove(one);
      one = next;
    }
  }

  /** What the test has not answered must not hold a stop up. */
  pending(): number {
    return 0;
  }

  kill(): boolean {
    return false;
  }

  child(): undefined {
    return undefined;
  }

  stats(list: UnitStats[]): void {
    const { path, tally } = this;
    const mail = { ...noMail, executing: this.#open.owed };
    list.push(unitStats(tally, { path, kind: "actor", now: this.#context.clock.now(), mail }));
  }

  tree({ state, reason, restarts }: Standing): TreeNode {
    const { path, name, incarnation } = this;
    const why = reason && state !== "running" ? { reason } : {};
    return { path, name, kind: "actor", state, host: "probe", incarnation, restarts, ...why };
  }
}
