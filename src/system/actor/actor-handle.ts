import type { HoldfastError } from "../../errors.js";
import { Mailbox } from "../../mailbox/mailbox.js";
import type { Message, Sent } from "../../mailbox/message.js";
import { decodeError } from "../../transport/error-codec.js";
import type { ToParent } from "../../transport/frames.js";
import type { Cell, CellDeath } from "../cell/cell.js";
import type { CellMember } from "../cell/cell-member.js";
import { suspectsOf } from "../cell/suspects.js";
import type { Work } from "../cell/work.js";
import { type Remains, settleAfterDeath } from "../death/after-death.js";
import { causeOfCrash, type DeathCause } from "../death/report.js";
import type { Begun } from "../unit.js";
import { lateStop } from "../within.js";
import { ActorStanding } from "./actor-standing.js";
import type { Addressee } from "./addressee.js";
import { Deliveries } from "./deliveries.js";
import { DOWN, STARTING, STOPPING, UP } from "./phase.js";
import { sendStart } from "./send-start.js";
import { endedAtStart, tookItsPlace } from "./start-failure.js";
import { WayOut } from "./way-out.js";

/**
 * The parent's side of one actor: its mail, and its place in a cell. The mailbox may be handed in and outlives everything
 * here; a pool's members share one. What an idle actor does not need is made on first use.
 */
export abstract class ActorHandle extends ActorStanding implements CellMember, Addressee {
  #mailbox: Mailbox | undefined;
  #delivered: Deliveries | undefined = undefined;

  constructor(sharedMailbox: Mailbox | undefined) {
    super();
    this.#mailbox = sharedMailbox;
  }

  /** Made when mail first comes: of many actors most never have any. */
  get mailbox(): Mailbox {
    this.#mailbox ??= new Mailbox(this.path, this.limits, this.context.mailRoom);
    return this.#mailbox;
  }

  get waiting(): number {
    return this.#mailbox?.size ?? 0;
  }

  get graceMs(): number {
    return this.options.graceMs;
  }

  get busy(): boolean {
    return this.executing > 0;
  }

  get executing(): number {
    return this.#delivered?.size ?? 0;
  }

  /** Whether a message more may be handed over: as many as the window allows, and no fewer than may execute at once. */
  protected get hasRoom(): boolean {
    return this.executing < Math.max(this.options.window, this.cell?.facts.concurrency ?? 1);
  }

  /** Builds the next incarnation in a cell: constructor, restore(), start(). Rejects with what was thrown. */
  begin(cell: Cell): Promise<Begun> {
    if (this.#delivered) this.mailbox.handBack(this.#delivered.kept.takeTail());
    if (this.cell !== cell) {
      cell.join(this);
      this.cell = cell;
    }
    const { unusual } = this;
    unusual.beginning?.reject(tookItsPlace(this.path));
    this.next();
    return new Promise((resolve, reject) => {
      unusual.beginning = { at: this.context.clock.now(), resolve, reject };
      unusual.replaying = sendStart(cell, this, this.called, this.#delivered?.kept);
      this.pump();
    });
  }

  /** See Receiver. */
  get atOnce(): boolean {
    return this.#delivered?.atOnce ?? false;
  }

  /** A message of its own. @throws HoldfastError MailboxFull, InvalidValue */
  receive(message: Message): void {
    if (this.#delivered?.take(message)) return;
    this.mailbox.push(message);
    this.pump();
  }

  /** See Receiver.joins. */
  protected joined(sent: Sent, first: unknown): boolean {
    return this.#delivered?.joins(sent, first) ?? false;
  }

  /** A message has left it: @param served with its outcome, else its caller gave it up before it began; @param pumps the next may follow */
  freed(served: boolean, pumps = true): void {
    if (served) this.onServed();
    this.cell?.inquest.trials?.settled(this);
    if (pumps && this.#mailbox && !this.#mailbox.empty) this.pump();
  }

  /** Hands over as much mail as the window allows. Call it when mail came in. */
  pump(): void {
    while (this.takesMail && this.hasRoom) {
      const message = this.#mailbox?.next;
      if (!message || this.#delivered?.hasEnoughFor(message) || !this.cell!.admitsFrom(this.mailbox)) return;
      const trials = message.suspect ? this.cell!.inquest.try(this.cell!) : this.cell!.inquest.trials;
      if (trials && !trials.admits(this, message)) return;
      const taken = this.mailbox.take()!;
      this.#delivered ??= new Deliveries(this.context, this, this.options);
      this.#delivered.deliver(taken);
      if (taken.suspect && taken.place !== "delivered") trials?.settled(this);
    }
  }

  /** Up, or soon: after a death mail follows a quick start in one trip. What waits for a slow one can be tried elsewhere. */
  get takesMail(): boolean {
    const { cell } = this;
    if (cell?.dying) return false;
    const { phase } = this;
    if (phase !== STARTING) return phase === UP;
    return this.incarnation > 1 && cell?.quickStart === true && !cell.host.line && !this.options.sharedMailbox;
  }

  get holdsSuspect(): boolean {
    return this.takesMail && this.#mailbox?.next?.suspect === true;
  }

  handling(): readonly Message[] {
    return this.#delivered?.handling() ?? [];
  }

  /** Finishes what executes, then stop(). What had not begun goes back to the mailbox. */
  quit(): Promise<void> {
    if (!this.cell?.alive || this.phase === DOWN) return Promise.resolve();
    this.phase = STOPPING;
    this.#delivered?.stopping();
    this.cell.send({ t: "stop", actor: this.id, incarnation: this.incarnation });
    return new Promise((resolve) => {
      const { unusual } = this;
      unusual.wayOut ??= new WayOut();
      unusual.wayOut.told.push(resolve);
    });
  }

  /**
   * Its place in the cell ends: after stop(), at a death of the cell, or with no grace. A host that is still there is told
   * to fence it: what was delivered counts as begun, and its entries are free once the host has answered.
   */
  end(cause: DeathCause, at?: number): Remains {
    const { cell } = this;
    if (this.rare?.beginning) {
      // Whatever its host still says of this start, in the call below even: it would be up for a moment, and nobody would hear.
      this.phase = DOWN;
      this.rare.beginning.reject(endedAtStart(this.path, cause));
    }
    if (this.present && cell?.alive && cell.endNow(this, this.incarnation)) this.present = false;
    const zombie = this.present && cell?.alive === true;
    const remains = this.over(cause, 0, at, zombie);
    if (zombie) cell.fence(this, this.incarnation);
    else cell?.leave(this);
    this.cell = undefined;
    if (cell) this.onLeft(cell);
    return remains;
  }

  /** It is a member of that cell no more. */
  protected onLeft(_cell: Cell): void {}

  /** It stays down: what waits fails. What waits to be replayed is state, and is kept for a start by hand. */
  park(error: HoldfastError): void {
    for (const message of this.#mailbox?.clear() ?? []) {
      if (message.replay) this.#delivered?.kept.keep(message);
      else message.fail(error);
    }
  }

  work(now: number): Work {
    const { id: actor, changing } = this;
    return this.#delivered?.work(now, changing) ?? { actor, runs: [], wait: undefined, mail: false, changing };
  }

  lost(cell: Cell, death: CellDeath): void {
    if (this.cell === cell) this.onLost(death);
  }

  hung(cause: DeathCause): void {
    this.onHung(cause);
  }

  onFrame(frame: ToParent): void {
    if (!("incarnation" in frame) || frame.incarnation !== this.incarnation || this.phase === DOWN) return;
    switch (frame.t) {
      case "started":
        this.started(frame.plain ?? false);
        return;
      case "ignored":
      case "start-failed":
        this.neverRan(frame);
        return;
      case "replayed":
        this.rare?.replaying?.replayed();
        return;
      case "part":
        this.#delivered?.part(frame);
        return;
      case "done":
        // Nobody is served before it is up: this one's caller gave up.
        if (!this.#delivered?.done(frame) || this.phase === STARTING) return;
        this.freed(true);
        return;
      case "crashed":
        this.cell?.cancelAsks(this);
        // A timer of it threw before start() was done.
        if (this.rare?.beginning) this.neverRan(frame);
        else this.onOver(this.over(causeOfCrash(frame), frame.seq, frame.at));
        return;
      case "leaving":
        if (this.phase === UP) this.leaves();
        return;
      case "stopped":
        this.present = false;
        if (this.rare?.wayOut?.limit && this.rare.wayOut.told.length === 0) {
          this.cell?.cancelAsks(this);
          this.onOver(this.over({ kind: "stopped-itself" }, 0, undefined));
        } else this.end({ kind: "killed", by: "its supervisor" });
        return;
    }
  }

  answered(incarnation: number, seq: number, result: unknown): void {
    if (incarnation !== this.incarnation || this.phase === DOWN) return;
    if (this.#delivered?.answered(seq, result) && this.phase !== STARTING) this.freed(true);
  }

  private started(plain: boolean): void {
    this.phase = UP;
    this.plain = plain;
    const { rare } = this;
    const beginning = rare?.beginning;
    if (beginning) {
      this.cell?.startTook(this.context.clock.now() - beginning.at);
      beginning.resolve("ready");
      rare.beginning = undefined;
      this.tidy();
    }
    this.cell?.inquest.trials?.settled(this);
    this.pump();
    this.onUp();
  }

  /** By its own wish: it has the time that a stop by its supervisor would have. */
  private leaves(): void {
    this.phase = STOPPING;
    const late = () => this.onHung({ kind: "killed", by: "the runtime, past its shutdown time" });
    this.unusual.wayOut = new WayOut(lateStop(this.context.clock, this.rules.shutdown, late));
  }

  private neverRan(frame: Extract<ToParent, { t: "ignored" | "start-failed" | "crashed" }>): void {
    this.phase = DOWN;
    this.present = false;
    if (this.#delivered) this.mailbox.handBack(this.#delivered.takeUnbegun());
    const { beginning } = this.rare ?? {};
    if (this.rare) this.rare.beginning = undefined;
    if (frame.t === "ignored") beginning?.resolve("ignored");
    else beginning?.reject(decodeError(frame.error));
  }

  /** The incarnation is over: read the record, settle or hand back what was with it. */
  private over(cause: DeathCause, threwSeq: number, at: number | undefined, zombie = false): Remains {
    const { cell, entry } = this;
    const suspects = suspectsOf(this, cause, threwSeq);
    this.phase = DOWN;
    this.present = zombie;
    this.rare?.ended();
    const remains = settleAfterDeath(this.context, this, {
      cause,
      at,
      delivered: this.#delivered?.takeAll() ?? [],
      tail: this.#delivered?.kept.takeTail() ?? [],
      executing: cell?.executing(entry) ?? [],
      begun: zombie ? "all" : (cell?.begun(entry) ?? []),
      threwSeq,
      suspects,
      facts: cell?.facts,
      apart: cell !== undefined && cell.host.isolation !== "inline",
      report: () => cell?.inquest.report() ?? this.context.deaths.reserve(),
      wreck: cell && { cell, entry },
    });
    cell?.inquest.trials?.settled(this);
    return remains;
  }
}
