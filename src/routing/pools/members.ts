import { DEFAULT_MAX_SPAWNED } from "../../defaults.js";
import type { CellSpec } from "../../host/booting.js";
import type { Mailbox } from "../../mailbox/mailbox.js";
import { Tally } from "../../mailbox/tally.js";
import { type ChildRules, type Shutdown, supervisorRules } from "../../supervision/spec.js";
import type { StartMode } from "../../supervision/state.js";
import type { ActorPlan } from "../../system/actor/actor-plan.js";
import { graceMs, type LoadedActor } from "../../system/actor/loaded-actor.js";
import { OwnCell } from "../../system/actor/own-cell.js";
import type { SystemContext } from "../../system/context.js";
import type { Supervised } from "../../system/supervisor/children.js";
import { Supervisor } from "../../system/supervisor/supervisor.js";
import type { Place } from "../../system/unit.js";
import type { Admission } from "../admission/admission.js";
import { Member, type MemberKeeper } from "./member.js";

export interface MembersOptions {
  readonly context: SystemContext;
  /** Of the pool. */
  readonly place: Place;
  readonly member: LoadedActor;
  readonly rules: ChildRules;
  /** How many there are at first. */
  readonly size: number;
  /** Parked hosts beside them; undefined: as the member's `spare` says. */
  readonly spares: number | undefined;
  /** Mail waits for a member now. */
  readonly mailWaits: () => boolean;
  /** One mailbox for all; undefined: each has its own. */
  readonly shared: Mailbox | undefined;
  /** Messages handed to a member's host ahead of execution, where its spec says nothing. */
  readonly window: number;
  /** Hears of those that somebody drains by hand. */
  readonly mail: Pick<MemberKeeper, "paused" | "resumed">;
}

/** Who hears of members, beside what `MemberKeeper` tells. All in the turn in which it happens. */
export interface MembersOwner extends Omit<MemberKeeper, "gate" | "paused" | "resumed"> {
  /** It leaves: no more mail for it, and what waits before it is the owner's to hand on. */
  leaves(member: Member): void;
  /** It stays down until a restart by hand: over its budget, or it has ended well. */
  out(member: Member): void;
  /** It has left, and is forgotten. */
  gone(member: Member): void;
}

/**
 * The members of a pool, under a supervisor of their own. They come and go by number; no number is given twice. How many
 * there shall be, and who gets which message, is for others to say.
 *
 *   add ─▶ starting ─▶ up ⇄ down, restarted by its own budget ─▶ out: until a restart by hand
 *                       └─ letGo ─▶ leaving ─▶ gone
 */
export class Members {
  readonly supervisor: Supervisor;
  /** Where their mail counts. */
  readonly tally: Tally;
  /** Those that do not leave, in the order in which they came. */
  readonly all: Member[] = [];
  readonly leaving = new Set<Member>();
  /** Of all: those that stay down until a restart by hand. */
  readonly out = new Set<Member>();
  /** 1 while one of all is there to take the place of another, which leaves as soon as it serves. */
  extra: 0 | 1 = 0;
  /** One for all members: a loaded spare fits any of them. */
  readonly cell: CellSpec;
  gate: Admission | undefined = undefined;
  /** Somebody has drained one of them by hand, or resumed it. */
  onHeld: () => void = () => {};
  readonly #owner: MembersOwner;
  readonly #options: MembersOptions;
  readonly #plan: Omit<ActorPlan, "lodging">;
  /** Up again after a death, and nobody was served since. */
  readonly #back = new Set<Member>();
  #settled: (() => void)[] = [];
  #named = 0;

  constructor(options: MembersOptions, owner: MembersOwner) {
    const { context, place, member, size, shared } = options;
    const { name, path } = place;
    this.#options = options;
    this.tally = new Tally(context.meter, place.tally);
    this.#owner = owner;
    const { spares, mailWaits } = options;
    const cell = member.cell(context, path, options.rules);
    this.cell = { ...cell, mailWaits, spares: spares ?? 1, ...(spares === 0 ? { spare: "none" } : {}) };
    const { window = options.window, maxChildren = DEFAULT_MAX_SPAWNED, overBudget = "quarantine" } = member.options;
    const mailbox = member.mailbox(path);
    const bounds = {
      window,
      snapshotEvery: 1,
      graceMs: graceMs(member.options, path),
      maxChildren,
      mailbox,
      tally: this.tally,
      pooled: true,
    };
    const mail = shared ? { sharedMailbox: shared, onServed: () => this.#served() } : {};
    this.#plan = { ...bounds, ...mail, context, rules: { ...options.rules, overBudget } };
    const first = Array.from({ length: size }, () => this.#make());
    const unlimited = supervisorRules({ intensity: { restarts: Number.POSITIVE_INFINITY, within: 60_000 } }, path);
    this.supervisor = new Supervisor(context, name, path, unlimited, first);
    this.supervisor.onParked = (unit) => this.#isOut(unit as Member);
    this.supervisor.onDown = (unit) => this.#isOut(unit as Member);
    this.supervisor.onForgotten = (unit) => this.#isGone(unit as Member);
  }

  /** How many there are to be: all that do not leave, and of two in one place one. */
  get size(): number {
    return this.all.length - this.extra;
  }

  /** Of these, those that are not aside: they serve, or will. */
  get working(): number {
    return this.size - this.aside;
  }

  /** How many of all serve nobody until somebody wants it: they are out, or drained by hand. */
  get aside(): number {
    let aside = 0;
    for (const member of this.all) if (this.isAside(member)) aside++;
    return aside;
  }

  /** All but those. */
  get there(): readonly Member[] {
    return this.aside === 0 ? this.all : this.all.filter((member) => !this.isAside(member));
  }

  isAside(member: Member): boolean {
    return member.heldBy !== undefined || this.out.has(member);
  }

  /** How many more the system's hosts leave to those who grow. */
  get growable(): number {
    const { hosts } = this.#options.context;
    return this.cell.isolation === "inline" ? Number.POSITIVE_INFINITY : hosts.forGrowth;
  }

  /** Those that serve. */
  get ready(): number {
    let up = 0;
    for (const member of this.all) if (member.up && member.heldBy === undefined) up++;
    return up;
  }

  /** Messages that execute in any of them, those that leave included. */
  get executing(): number {
    let sum = 0;
    for (const member of this.all) sum += member.executing;
    for (const member of this.leaving) sum += member.executing;
    return sum;
  }

  /** None is on its way up or down. */
  get settled(): boolean {
    return this.leaving.size === 0 && this.all.every((member) => member.up || this.out.has(member));
  }

  /** Resolves when none is on its way up or down, or `forget` was called. */
  whenSettled(): Promise<void> {
    if (this.settled) return Promise.resolve();
    return new Promise((resolve) => this.#settled.push(resolve));
  }

  /** They end all together: who waits for them to settle waits no more. */
  forget(): void {
    for (const resolve of this.#settled.splice(0)) resolve();
  }

  start(mode: StartMode): Promise<void> {
    return this.supervisor.start(mode);
  }

  stop(shutdown: Shutdown): Promise<void> {
    for (const member of this.leaving) member.hurry();
    this.forget();
    return this.supervisor.stop(shutdown);
  }

  /** One more; it starts at once. */
  add(): Member {
    const supervised = this.#make();
    this.supervisor.addMember(supervised);
    return supervised.unit;
  }

  /** One of them leaves. */
  letGo(member: Member): void {
    const at = this.all.indexOf(member);
    if (at < 0) return;
    this.all.splice(at, 1);
    this.out.delete(member);
    this.leaving.add(member);
    member.isLetGo(this.#options.context.clock.now());
    this.#owner.leaves(member);
    this.supervisor.removeMember(member.name);
  }

  /**
   * Whom to let go first: who is not there, or drained; then who is not there yet, then who does nothing; of equals, the youngest.
   * @param there of those that serve, or will
   */
  leastMissed(there: boolean): Member | undefined {
    let least: Member | undefined;
    let lowest = Number.POSITIVE_INFINITY;
    for (const member of this.all) {
      const aside = this.isAside(member);
      if (there && aside) continue;
      const worth = aside ? 0 : member.up ? 2 + member.pending() : 1;
      if (worth > lowest) continue;
      lowest = worth;
      least = member;
    }
    return least;
  }

  #make(): Supervised & { readonly unit: Member } {
    const { context, place } = this.#options;
    const id = String(++this.#named);
    const lodging = new OwnCell(context, this.cell, `${place.path}/${id}`, true);
    const unit = new Member(id, { ...this.#plan, lodging }, this);
    this.all.push(unit);
    return { id, rules: this.#plan.rules, unit };
  }

  starts(member: Member): void {
    this.out.delete(member);
    this.#owner.starts(member);
  }

  up(member: Member): void {
    if (member.incarnation > 1) this.#back.add(member);
    this.#owner.up(member);
    this.#look();
  }

  began(member: Member): void {
    this.#owner.began(member);
  }

  freed(member: Member, served: boolean): void {
    this.#owner.freed(member, served);
  }

  down(member: Member): void {
    this.#back.delete(member);
    this.#owner.down(member);
  }

  failed(member: Member): void {
    this.#owner.failed(member);
  }

  ended(member: Member, guilty: boolean): void {
    this.#owner.ended(member, guilty);
  }

  paused(member: Member): void {
    this.#options.mail.paused(member);
    this.onHeld();
  }

  resumed(member: Member): void {
    this.#options.mail.resumed(member);
    this.onHeld();
  }

  #isOut(member: Member): void {
    if (member.leaving) return;
    this.out.add(member);
    this.#owner.out(member);
    this.#look();
  }

  #isGone(member: Member): void {
    this.leaving.delete(member);
    this.#back.delete(member);
    this.#owner.gone(member);
    const { clock, events } = this.#options.context;
    events.emit(member.farewell(clock.now()));
    this.#look();
  }

  /** Mail is the pool's: whoever took it, service is back for a member that has returned and found none left. */
  #served(): void {
    if (this.#back.size === 0) return;
    for (const member of this.#back) member.served();
    this.#back.clear();
  }

  #look(): void {
    if (this.#settled.length > 0 && this.settled) this.forget();
  }
}
