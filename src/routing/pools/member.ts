import type { Message } from "../../mailbox/message.js";
import type { Shutdown } from "../../supervision/spec.js";
import { ActorFamily } from "../../system/actor/actor-family.js";
import type { ActorPlan } from "../../system/actor/actor-plan.js";
import type { CellDeath } from "../../system/cell/cell.js";
import type { Remains } from "../../system/death/after-death.js";
import type { SystemEvent } from "../../system/events.js";
import type { Begun } from "../../system/unit.js";
import type { Admission } from "../admission/admission.js";

/** Who hears of a member, in the turn in which it happens. */
export interface MemberKeeper {
  /** A start of it begins. */
  starts(member: Member): void;
  /** It serves, and has taken what it could of what waits. */
  up(member: Member): void;
  /** It has a message, and had none, or none any more. */
  began(member: Member): void;
  /** Judges what has to wait, and learns from what is answered. */
  readonly gate: Admission | undefined;
  /** A message has left it, and it has taken the next if there was one. @param served with its outcome */
  freed(member: Member, served: boolean): void;
  /** What leaves it next was answered with what its handler threw. */
  failed(member: Member): void;
  /** Its incarnation is about to be over; what it held comes back after this. */
  down(member: Member): void;
  /**
   * Its incarnation is over, by a death; what it had not begun is back in its mailbox.
   * @param guilty it executed something, and nobody had it killed
   */
  ended(member: Member, guilty: boolean): void;
  /** Somebody has drained it by hand: it gets no mail until it is resumed. */
  paused(member: Member): void;
  resumed(member: Member): void;
}

/**
 * One member of a pool: an actor that can be told to leave.
 *
 *   leave ─▶ takes no more mail ─▶ what it was handed ends ─▶ stop(), within its shutdown time ─▶ forgotten
 *                                        └─ it dies: forgotten too, and not restarted
 */
export class Member extends ActorFamily {
  /** It takes no more mail. */
  leaving = false;
  /** Where it was when it was told to leave, and when, monotonic ms. */
  #left = { host: "", at: 0 };
  /** It stands in its pool's line of those that have room. */
  inLine = false;
  /** Since when it has been at work without a pause, as far as was measured, monotonic ms; undefined while it idles. */
  busySince: number | undefined = undefined;
  /** Messages that have ended since. */
  ended = 0;
  /** What it was handed last. */
  latest: Message | undefined = undefined;
  /** It has served once. */
  wasUp = false;
  /** Messages that it has answered, in all its incarnations. */
  handled = 0;
  readonly #keeper: MemberKeeper;
  #finished: (() => void) | undefined;

  constructor(name: string, plan: ActorPlan, keeper: MemberKeeper) {
    super(name, plan);
    this.#keeper = keeper;
  }

  /** It has room for a message. */
  get free(): boolean {
    return this.up && !this.leaving && this.heldBy === undefined && this.hasRoom;
  }

  /** From now on it takes no more mail. @param now monotonic ms */
  isLetGo(now: number): void {
    this.leaving = true;
    this.#left = { host: this.cell?.host.name ?? "", at: now };
  }

  /** What is told of it once it is forgotten. */
  farewell(now: number): Extract<SystemEvent, { type: "left" }> {
    const { host, at } = this.#left;
    return { type: "left", path: this.path, host, answered: this.handled, tookMs: now - at };
  }

  /** What executes is not waited for any longer than a stop waits. */
  hurry(): void {
    this.#finished?.();
  }

  override pump(): void {
    // What waits in a mailbox of its own it finishes.
    if (this.leaving || (this.heldBy !== undefined && this.plan.sharedMailbox)) return;
    const idle = this.executing === 0;
    const { gate } = this.#keeper;
    if (gate?.tight) gate.winnow(this.mailbox);
    super.pump();
    if (idle && this.executing > 0) this.#keeper.began(this);
  }

  override receive(message: Message): void {
    const idle = this.executing === 0;
    super.receive(message);
    if (idle && this.executing > 0) this.#keeper.began(this);
  }

  override pause(by: string): void {
    super.pause(by);
    this.#keeper.paused(this);
  }

  override resume(): boolean {
    const was = super.resume();
    if (was) this.#keeper.resumed(this);
    return was;
  }

  unfinished(): number {
    return this.executing + (this.plan.sharedMailbox ? 0 : this.waiting);
  }

  took(message: Message): void {
    this.latest = message;
  }

  answeredOne(message: Message): void {
    const { gate } = this.#keeper;
    if (gate === undefined) return;
    if (gate.unmeasured > 0) {
      gate.unmeasured--;
      return;
    }
    const { method, deliveredAt } = message;
    const since = deliveredAt ?? (this.executing === 0 ? this.busySince : undefined);
    if (since !== undefined) gate.ended(method, since);
  }

  override freed(served: boolean, pumps?: boolean): void {
    if (this.executing === 0) this.latest = undefined;
    if (served) this.handled++;
    super.freed(served, pumps);
    this.#keeper.freed(this, served);
    if (this.executing === 0) this.#finished?.();
  }

  override start(): Promise<Begun> {
    this.#keeper.starts(this);
    return super.start();
  }

  /** One that leaves has as long for its work as its methods may run: a pool that shrinks costs no message. */
  override async stop(shutdown: Shutdown): Promise<void> {
    if (this.leaving && shutdown !== "brutal" && this.up && this.executing > 0) {
      await new Promise<void>((resolve) => {
        this.#finished = resolve;
      });
      this.#finished = undefined;
    }
    await super.stop(shutdown);
  }

  protected override onUp(): void {
    this.wasUp = true;
    super.onUp();
    this.#keeper.up(this);
  }

  failed(): void {
    this.#keeper.failed(this);
  }

  protected override onLost(death: CellDeath): void {
    this.latest = undefined;
    const guilty = this.busy && death.cause.kind !== "killed";
    this.#keeper.down(this);
    super.onLost(death);
    this.#keeper.ended(this, guilty);
    this.#finished?.();
  }

  protected override onOver(remains: Remains): void {
    this.latest = undefined;
    this.#keeper.down(this);
    super.onOver(remains);
    this.#keeper.ended(this, remains.executing.length > 0);
    this.#finished?.();
  }
}
