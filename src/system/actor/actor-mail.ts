import type { HoldfastError } from "../../errors.js";
import { type MailStats, noMail, waitingIn } from "../../mailbox/mail-stats.js";
import { Mailbox } from "../../mailbox/mailbox.js";
import type { Message, Sent } from "../../mailbox/message.js";
import { Tally } from "../../mailbox/tally.js";
import type { ToParent } from "../../transport/frames.js";
import type { Cell, CellDeath } from "../cell/cell.js";
import type { CellMember } from "../cell/cell-member.js";
import type { Work } from "../cell/work.js";
import type { DeathCause } from "../death/report.js";
import { entityOf } from "../durable/entity.js";
import type { StoredMail } from "../durable/stored-mail.js";
import { ActorStanding } from "./actor-standing.js";
import type { Addressee } from "./addressee.js";
import { Deliveries } from "./deliveries.js";
import { STARTING, UP } from "./phase.js";

/**
 * An actor's mail: it waits here, whoever runs it, and is handed over as its place in a cell allows. The mailbox may be handed
 * in; a pool's members share one. What an idle actor does not need is made on first use.
 */
export abstract class ActorMail extends ActorStanding implements CellMember, Addressee {
  /** Made when mail first comes: of many actors most never have any. */
  protected mail: Mailbox | undefined;
  protected delivered: Deliveries | undefined = undefined;
  /** Made when somebody first has something to count. */
  private counted: Tally | undefined = undefined;

  constructor(shared: Mailbox | undefined) {
    super();
    this.mail = shared;
  }

  abstract undo(cause: DeathCause): void;
  abstract onFrame(frame: ToParent): void;
  abstract answered(incarnation: number, seq: number, result: unknown): void;
  abstract lost(cell: Cell, death: CellDeath): void;
  abstract hung(cause: DeathCause): void;

  get mailbox(): Mailbox {
    this.mail ??= new Mailbox(this.path, this.limits, this.context.mailRoom);
    return this.mail;
  }

  /** What has become of it, and of its mail where that counts as its own. */
  get own(): Tally {
    this.counted ??= new Tally(this.context.meter, this.options.tally);
    return this.counted;
  }

  /** See Receiver. */
  get tally(): Tally {
    return this.options.tally ?? this.own;
  }

  get waiting(): number {
    return this.mail?.size ?? 0;
  }

  /** Its name in the store. */
  get entity(): string {
    return entityOf(this.key === undefined ? this.path : this.above, this.key);
  }

  /** What waits to be replayed is what this says, and nothing else. */
  protected replayOnly(replay: readonly Message[]): void {
    const { mailbox } = this;
    if (mailbox.has((message) => message.replay)) {
      mailbox.handBack(mailbox.clear().filter((message) => !message.replay));
    }
    mailbox.handBack(replay);
  }

  /** Messages without an outcome; of a mailbox that is shared, those alone that were handed to it. */
  get owed(): MailStats {
    const { delivered, cell } = this;
    const replays = delivered !== undefined && cell?.facts.replayable !== false;
    const waits = this.options.sharedMailbox ? noMail : waitingIn(this.mail, replays);
    return delivered === undefined ? waits : { ...waits, executing: delivered.owed };
  }

  get graceMs(): number {
    return this.options.graceMs;
  }

  get busy(): boolean {
    return this.executing > 0;
  }

  get executing(): number {
    return this.delivered?.size ?? 0;
  }

  /** Outcomes that wait until they are durable. */
  get unstored(): number {
    return this.delivered?.durable?.held ?? 0;
  }

  /** Whether a message more may be handed over: as many as the window allows, and no fewer than may execute at once. */
  protected get hasRoom(): boolean {
    const room = this.executing < Math.max(this.options.window, this.cell?.facts.concurrency ?? 1);
    return room && this.delivered?.durable?.full !== true;
  }

  /** See Receiver. */
  get atOnce(): boolean {
    return this.delivered?.atOnce ?? false;
  }

  /** A message of its own. @throws HoldfastError MailboxFull, InvalidValue, StoreFailed */
  receive(message: Message): void {
    if (this.delivered === undefined && this.options.durable) this.deliveries();
    const mail = this.delivered?.durable?.mail;
    if (mail === undefined) this.take(message);
    else if (message.ask) {
      // It does not wait for the store: its caller hears, and may ask again.
      const error = this.delivered!.durable!.refusal(message);
      if (error) throw error;
      this.take(message);
    } else this.store(message, mail);
  }

  private take(message: Message): void {
    if (this.delivered?.take(message)) return;
    this.mailbox.push(message);
    this.pump();
  }

  /** A tell that outlives the process, if it is accepted. */
  private store(message: Message, mail: StoredMail): void {
    mail.admit(message);
    try {
      this.take(message);
    } catch (error) {
      message.mail = undefined;
      throw error;
    }
    mail.accepted(message);
  }

  /** See DurableActor. */
  again(tells: readonly Message[]): void {
    this.tally.redelivered += tells.length;
    this.mailbox.handBack(tells);
    this.pump();
  }

  protected deliveries(): Deliveries {
    this.delivered ??= new Deliveries(this.context, this, this.options);
    return this.delivered;
  }

  /** See Receiver.joins. */
  protected joined(sent: Sent, first: unknown): boolean {
    return this.delivered?.joins(sent, first) ?? false;
  }

  /** A message has left it: @param served with its outcome, else its caller gave it up before it began; @param pumps the next may follow */
  freed(served: boolean, pumps = true): void {
    if (served) this.onServed();
    this.cell?.inquest.trials?.settled(this);
    if (pumps && this.mail && !this.mail.empty) this.pump();
  }

  /** Hands over as much mail as the window allows. Call it when mail came in. */
  pump(): void {
    while (this.takesMail && this.hasRoom) {
      const message = this.mail?.next;
      if (!message || this.delivered?.hasEnoughFor(message) || !this.cell!.admitsFrom(this.mailbox)) return;
      const trials = message.suspect ? this.cell!.inquest.try(this.cell!) : this.cell!.inquest.trials;
      if (trials && !trials.admits(this, message)) return;
      const taken = this.mailbox.take()!;
      this.deliveries().deliver(taken);
      if (taken.suspect && taken.place !== "delivered") trials?.settled(this);
    }
  }

  /** Up, or soon: after a death mail follows a quick start in one trip. What waits for a slow one can be tried elsewhere. */
  get takesMail(): boolean {
    const { cell } = this;
    if (cell?.dying || this.delivered?.durable?.paused) return false;
    const { phase } = this;
    if (phase !== STARTING) return phase === UP;
    if (this.delivered?.durable?.recovered === false) return false;
    return this.incarnation > 1 && cell?.quickStart === true && !cell.host.line && !this.options.sharedMailbox;
  }

  get holdsSuspect(): boolean {
    return this.takesMail && this.mail?.next?.suspect === true;
  }

  handling(): readonly Message[] {
    return this.delivered?.handling() ?? [];
  }

  /** It stays down: what waits fails. What waits to be replayed is state, and is kept for a start by hand. */
  park(error: HoldfastError): void {
    for (const message of this.mail?.clear() ?? []) {
      if (message.replay) this.delivered?.kept.keep(message);
      else message.fail(error);
    }
  }

  work(now: number): Work {
    const { id: actor, changing } = this;
    return this.delivered?.work(now, changing) ?? { actor, runs: [], wait: undefined, mail: false, changing };
  }
}
