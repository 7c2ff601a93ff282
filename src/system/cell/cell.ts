import type { ActorFacts } from "../../actor/methods.js";
import { HoldfastError } from "../../errors.js";
import { ActorTable } from "../../host/actor-table.js";
import type { CellSpec } from "../../host/booting.js";
import { type Executing, hasBegun } from "../../host/control-block.js";
import type { Host, HostEnd } from "../../host/host.js";
import { cameFrom } from "../../mailbox/asker.js";
import type { Mailbox } from "../../mailbox/mailbox.js";
import type { ToHost, ToParent } from "../../transport/frames.js";
import type { SystemContext } from "../context.js";
import { causeOf, type DeathCause } from "../death/report.js";
import { CellAsks } from "./cell-asks.js";
import type { CellMember } from "./cell-member.js";
import { CellWatch } from "./cell-watch.js";
import { Entries } from "./entries.js";
import { ExitWatch } from "./exit-watch.js";
import { Inquest } from "./inquest.js";
import { type Lingerers, Lingering } from "./lingering.js";

export interface CellDeath {
  readonly cause: DeathCause;
  /** When it happened, where the host could say; monotonic ms. */
  readonly at: number | undefined;
}

/**
 * The parent's side of one booted host: passes frames between it and its members, watches for hung messages, and joins
 * whatever ends it into one death.
 */
export class Cell {
  readonly host: Host;
  readonly facts: ActorFacts;
  readonly shared: boolean;
  /** The longest run of each method that ended well, here and in others of its spec, ms. */
  readonly longest: Map<string, number>;
  /** Called once, when it ends without having been shut. Default: its members are told. */
  onDeath: (death: CellDeath) => void = (death) => {
    for (const member of [...this.#members.values()]) member.lost(this, death);
  };
  readonly inquest: Inquest;
  readonly #context: SystemContext;
  readonly spec: CellSpec;
  /** Of the cell of a keyed group. */
  unitPath: string | undefined;
  /** Its members are actors of their own, which die together. */
  several = false;
  /** It shall rest: its members are given no more mail from outside. */
  held = false;
  readonly #members = new ActorTable<CellMember>();
  /** Its members when it ended: they leave it then. */
  #atEnd: ActorTable<CellMember> | undefined;
  readonly #entries: Entries;
  readonly #asks: CellAsks;
  readonly watch: CellWatch;
  /** What crashes left running in its host. */
  readonly lingering: Lingering;
  /** Frames that came from the host. */
  heard = 0;
  #killedFor: CellDeath | undefined;
  readonly #exit: ExitWatch;
  /** Resolves when it has ended. */
  readonly over: Promise<void>;
  #state: "alive" | "shutting" | "dead" = "alive";
  #leave: () => void = () => {};
  #shut: (() => void) | undefined;

  constructor(context: SystemContext, spec: CellSpec, host: Host, facts: ActorFacts, shared: boolean) {
    this.#context = context;
    this.spec = spec;
    this.host = host;
    this.#exit = new ExitWatch(context, spec.path, host, () => this.abandon());
    this.facts = facts;
    this.shared = shared;
    this.inquest = new Inquest(context.deaths, this.#members, shared);
    this.#entries = new Entries(facts.concurrency);
    this.lingering = new Lingering(context.clock, (lingerers) => this.#lingersTooLong(lingerers));
    this.longest = context.longestRuns.of(spec);
    this.watch = new CellWatch(context.clock, context.hangWatch, this, this.#members);
    this.#asks = new CellAsks(context, (frame) => this.send(frame));
    this.over = new Promise((resolve) => {
      this.#leave = resolve;
    });
    context.memory.add(this);
    host.onFrame = (frame) => (frame.t === "log" ? context.logs?.heard(frame, host.name) : this.#receive(frame));
    if (host.onAnswer) host.onAnswer = (actor, run, seq, result) => this.#answered(actor, run, seq, result);
    host.onEnd = (end) => this.#ended(end);
  }

  /** It is on its way out: what it is sent now it may run, or not. */
  get dying(): boolean {
    return this.#killedFor !== undefined;
  }

  /** Whether mail may come in. While it is held: up to what its own work waits for, or it would never rest. */
  admitsFrom(mailbox: Mailbox): boolean {
    return !this.held || mailbox.has((message) => message.ask && cameFrom(message, this));
  }

  /** The path of what is restarted with it: its only actor, or what `unitPath` says. */
  get place(): string {
    return this.unitPath ?? this.#members.values().next().value?.path ?? this.spec.path;
  }

  /** Who is in it, by number; once it has ended, who was. */
  get roll(): ActorTable<CellMember> {
    return this.#atEnd ?? this.#members;
  }

  get alive(): boolean {
    return this.#state === "alive";
  }

  /**
   * Its only actor's starts take so little time that mail may follow in the same trip. Threads: a process that dies may
   * take with it the word that its actor had started.
   */
  get quickStart(): boolean {
    return !this.shared && this.host.isolation === "thread" && this.#context.hosts.startsQuickly(this.spec);
  }

  startTook(ms: number): void {
    if (!this.shared && this.host.isolation === "thread") this.#context.hosts.startTook(this.spec, ms);
  }

  /** How many actors are in it. */
  get size(): number {
    return this.#members.size;
  }

  get room(): boolean {
    return this.#entries.room;
  }

  /** Gives the member its number here. @param after what stood by for it: its number is the member's from here on */
  join(member: CellMember, after?: CellMember): void {
    const number = after?.id ?? this.#entries.take();
    if (number === undefined) {
      throw new HoldfastError("Unavailable", `${this.spec.path}: this cell is full: use more cells`);
    }
    member.id = number;
    this.#members.add(member);
  }

  leave(member: CellMember): void {
    if (!this.#members.delete(member.id)) return;
    this.#entries.free(member.id);
    this.#gone(member);
  }

  /** The member leaves, and its incarnation may still run: the host is told, and its entry is kept until it answers. */
  fence(member: CellMember, incarnation: number): void {
    if (!this.#members.delete(member.id)) return;
    this.#gone(member);
    this.#entries.fence(member.id, incarnation);
    this.send({ t: "fence", actor: member.id, incarnation });
  }

  #gone(member: CellMember): void {
    this.#asks.cancelFor(member.id);
    this.inquest.trials?.left(member);
  }

  /** Ends one incarnation in the host, in this turn; false where only a frame can, which others may overtake. */
  endNow(member: CellMember, incarnation: number): boolean {
    if (!this.shared || !this.host.endActor) return false;
    this.host.endActor(member.id, incarnation);
    return true;
  }

  /** The incarnation of a member is over, the member stays: asks it made are cancelled. */
  cancelAsks(member: CellMember): void {
    this.#asks.cancelFor(member.id);
  }

  send(frame: ToHost): void {
    if (this.#state !== "dead") this.host.send(frame);
    if (frame.t === "call") this.watch.begin();
  }

  executing(entry: number): Executing[] {
    return this.host.control.executing(entry, this.facts.concurrency);
  }

  hasBegun(entry: number, seq: number): boolean {
    return this.begun(entry).some((last) => hasBegun(seq, last));
  }

  begun(entry: number): number[] {
    return this.host.control.begun(entry, this.facts.concurrency);
  }

  /** Ends it by force; `onDeath` gets this cause. */
  kill(cause: DeathCause): void {
    if (this.#state === "dead") return;
    // One that takes its time may be killed again, by others: it is one death.
    this.#killedFor ??= { cause, at: this.#context.clock.now() };
    this.#end();
  }

  #end(): void {
    const { host } = this;
    const native = host.isolation === "thread" && host.control.phase() === "native";
    host.kill();
    this.#exit.begin(native);
  }

  /**
   * It was killed and has not left: nobody waits for its end any more. A process whose SIGKILL is pending runs none of
   * its own code again, so its record is final: what it had not begun it never will.
   */
  abandon(): void {
    if (this.#state === "dead") return;
    const { onDeath } = this;
    this.onDeath = () => {};
    this.#over(this.#killedFor);
    if (this.#killedFor) onDeath(this.#killedFor);
  }

  /** Runs unload() and ends the host; by force when that takes longer than `withinMs`. No death is reported. */
  async shut(withinMs: number): Promise<void> {
    if (this.#state !== "alive") return;
    this.#state = "shutting";
    const shut = new Promise<void>((resolve) => {
      this.#shut = resolve;
    });
    this.host.send({ t: "shut" });
    const late = Number.isFinite(withinMs) ? this.#context.clock.after(withinMs, () => this.#end()) : undefined;
    await shut;
    late?.cancel();
    this.#exit.begin();
  }

  #answered(actor: number, incarnation: number, seq: number, result: unknown): void {
    this.heard++;
    this.#members.get(actor)?.answered(incarnation, seq, result);
  }

  #receive(frame: ToParent): void {
    this.heard++;
    if (frame.t === "stopped") {
      this.#entries.over(frame.actor, frame.incarnation);
      if (!frame.left) this.lingering.settled(frame.actor, frame.incarnation);
    } else if (frame.t === "settled") {
      this.lingering.settled(frame.actor, frame.incarnation);
      this.#fenced(frame, "outcome", frame.dropped);
    } else if (frame.t === "late-error") this.#fenced(frame, "error", 1);
    else if (frame.t === "crashed" && frame.left.length > 0) {
      const member = this.#members.get(frame.actor);
      if (member) this.lingering.begin(member, frame.incarnation, frame.left);
    }
    if (frame.t === "span") this.#context.following.tracing?.noted(frame.span);
    else if (frame.t === "ask") this.#asks.ask(frame, this.#asking(frame), this.#sender(frame));
    else if (frame.t === "spawn") this.#asks.spawn(frame, this.#asking(frame), this.#sender(frame));
    else if (frame.t === "watch") this.#asks.watch(frame, this.#asking(frame) !== undefined);
    else if (frame.t === "drop-ask") this.#asks.drop(frame.call);
    else if ("actor" in frame) this.#members.get(frame.actor)?.onFrame(frame);
  }

  #fenced({ path, incarnation }: { path: string; incarnation: number }, what: "outcome" | "error", count: number) {
    this.#context.events.emit({ type: "fenced", path, incarnation, what, count });
  }

  #lingersTooLong({ member, incarnation, methods }: Lingerers): void {
    const { path, graceMs } = member;
    if (this.host.isolation !== "inline") this.kill({ kind: "lingered", method: methods[0]!, incarnation, graceMs });
    else this.#context.events.emit({ type: "lingering", path, incarnation, methods, graceMs });
  }

  /** Whose frame it is; undefined when that incarnation is over. */
  #asking({ actor, incarnation }: { actor: number; incarnation: number }): CellMember | undefined {
    const member = this.#members.get(actor);
    return member?.serves(incarnation) ? member : undefined;
  }

  /** Who asks, for dead letters: its cell, or where that is shared the actor. */
  #sender({ actor, late }: { actor: number; late: string | undefined }): string {
    return (this.shared || this.several ? (this.#members.get(actor)?.path ?? late) : undefined) ?? this.spec.path;
  }

  #over(death: CellDeath | undefined): void {
    if (this.#members.size > 0) this.#atEnd = this.#members.copy();
    this.inquest.open(death?.cause);
    this.#state = "dead";
    this.#context.memory.delete(this);
    this.watch.end();
    this.#asks.cancelAll();
    this.lingering.end();
    this.#shut?.();
    this.#leave();
  }

  #ended(end: HostEnd): void {
    const asked = this.#state !== "alive";
    const death = this.#killedFor ?? { cause: causeOf(end), at: end.kind === "uncaught" ? end.at : undefined };
    this.#over(death);
    if (!asked) this.onDeath(death);
  }
}
