import type { ActorFacts } from "../../actor/methods.js";
import type { Target } from "../../actor/ref.js";
import type { Load } from "../../actor/sight.js";
import { type HoldfastError, isHoldfastError } from "../../errors.js";
import type { Message } from "../../mailbox/message.js";
import type { Tally } from "../../mailbox/tally.js";
import type { ChildRules, Shutdown } from "../../supervision/spec.js";
import type { ChildRecord, StartMode } from "../../supervision/state.js";
import type { LoadedActor } from "../../system/actor/loaded-actor.js";
import type { SystemContext } from "../../system/context.js";
import { Hold } from "../../system/hold.js";
import { takesNoMore } from "../../system/not-an-actor.js";
import type { Receiver } from "../../system/receiver.js";
import type { PlannedRestart, UnitStats } from "../../system/stats.js";
import { targetOf } from "../../system/target.js";
import { held, type TreeNode } from "../../system/tree.js";
import type { Keeper, Place, Standing, Unit } from "../../system/unit.js";
import { Admission } from "../admission/admission.js";
import type { AdmissionLimits } from "../admission/admission-options.js";
import type { FanOut } from "../fan-out/fan-out.js";
import { Recycler } from "../recycling/recycler.js";
import { Gauge } from "../scaling/gauge.js";
import { Scaler } from "../scaling/scaler.js";
import { withAdvice } from "./full-advice.js";
import type { Member } from "./member.js";
import { Members, type MembersOwner } from "./members.js";
import type { PoolBounds } from "./pool-bounds.js";
import type { PoolMail } from "./pool-mail.js";
import { poolNode } from "./pool-node.js";
import { poolStats } from "./pool-stats.js";
import { refuseWithoutMembers } from "./without-members.js";

export interface PoolPlan {
  readonly member: LoadedActor;
  readonly rules: ChildRules;
  readonly bounds: PoolBounds;
  readonly mail: PoolMail;
  /** Whom it lets in while no member is free; undefined: everybody. */
  readonly admission?: AdmissionLimits | undefined;
  /** What its ref sends through, where that is not the pool itself. */
  readonly target?: (group: FanOut) => Target;
}

/** Elastic members, and the mail that goes to them. */
export class PoolUnit implements Unit, Receiver, MembersOwner {
  readonly kind = "pool";
  record: ChildRecord | undefined;
  readonly name: string;
  readonly path: string;
  readonly target: Target;
  readonly incarnation = 1;
  readonly hold = new Hold();
  readonly tally: Tally;
  readonly #context: SystemContext;
  readonly #mail: PoolMail;
  readonly #members: Members;
  readonly #gauge: Gauge;
  readonly #scaler: Scaler;
  readonly #admission: Admission | undefined;
  readonly #recycler: Recycler | undefined;
  /** What the class of its members says of its methods, from the first start on. */
  #facts: ActorFacts | undefined;
  #refusal: HoldfastError | undefined;

  constructor(context: SystemContext, place: Place, plan: PoolPlan) {
    const { member, rules, bounds, mail, target, admission } = plan;
    const { name, path } = place;
    this.#context = context;
    this.name = name;
    this.path = path;
    this.#mail = mail;
    const { shared, window } = mail;
    const { min: size, spares } = bounds;
    const mailWaits = () => mail.waiting > 0;
    this.#members = new Members({ context, place, member, rules, size, spares, mailWaits, shared, window, mail }, this);
    this.tally = this.#members.tally;
    const gauge = new Gauge(context.clock, () => mail.waiting);
    this.#gauge = gauge;
    this.#admission = admission && this.#gateOf(admission);
    mail.gate = this.#admission;
    this.#members.gate = this.#admission;
    const refusedWithin = (overMs: number, now: number) => this.#admission?.refusedWithin(overMs, now) ?? 0;
    const parts = { context, path, members: this.#members, mail, gauge };
    this.#scaler = new Scaler({ ...parts, bounds, refusedWithin });
    this.#recycler = bounds.recycle && new Recycler({ ...parts, ...bounds, limits: bounds.recycle });
    const single = targetOf(context, this);
    this.target = target?.(this.#fanOut(single)) ?? single;
  }

  get keeper(): Keeper {
    return this.#members.supervisor.keeper;
  }

  set keeper(keeper: Keeper) {
    this.#members.supervisor.keeper = keeper;
  }

  get facts(): ActorFacts | undefined {
    return this.#facts;
  }

  get load(): Load {
    const { executing, ready } = this.#members;
    return { waiting: this.#mail.waiting, executing, ready };
  }

  accept(message: Message, key: string | undefined): void {
    this.admit(message.inner);
    const mail = this.#mail;
    try {
      mail.push(message, key);
    } catch (error) {
      // What is refused since nobody is free is as good a reason to grow as what waits.
      if (isHoldfastError(error, "Overloaded")) this.#scaler.pressed();
      throw withAdvice(error, this.#gauge.service?.ms, this.load);
    }
    // What has one size for ever needs to know nothing of what waits.
    if (this.#scaler.fixed) return;
    const { arrivals } = this.#gauge;
    if (!mail.stuck) {
      arrivals.came();
      return;
    }
    arrivals.waits(mail.waiting);
    this.#scaler.pressed();
  }

  isStream(method: string): boolean | undefined {
    return this.#facts?.methods[method]?.stream;
  }

  async resize(to: number | "auto"): Promise<void> {
    if (this.#refusal) throw this.#refusal;
    if (this.hold.draining) throw takesNoMore(this.path);
    await this.#scaler.resize(to);
  }

  start(mode: StartMode): Promise<void> {
    this.#refusal = undefined;
    const started = this.#members.start(mode);
    this.#scaler.begins();
    this.#recycler?.begins();
    return started.catch((error: unknown) => {
      this.#rests();
      throw error;
    });
  }

  stop(shutdown: Shutdown): Promise<void> {
    this.#rests();
    return this.#members.stop(shutdown);
  }

  dispose(error: HoldfastError): void {
    this.#rests();
    this.#refusal = error;
    this.#members.forget();
    this.#members.supervisor.dispose(error);
    this.#context.hosts.release(this.#members.cell);
    this.#failAll(error);
  }

  drain(): void {
    this.hold.draining = true;
  }

  pending(): number {
    return this.#mail.waiting + this.#members.executing;
  }

  kill(by: string, key: string | undefined): boolean {
    return this.#members.supervisor.kill(by, key);
  }

  recycle(name: string, why: PlannedRestart): boolean {
    return this.#members.supervisor.recycle(name, why);
  }

  restart(name: string): Promise<void> {
    return this.#members.supervisor.restart(name);
  }

  child(name: string): Unit | undefined {
    return this.#members.supervisor.child(name);
  }

  tree(standing: Standing): TreeNode {
    const node = held(this.#members.supervisor.tree(standing), this.hold.by);
    return { ...poolNode(node, this.#members, this.#mail, this.#scaler.scaling()), answered: this.#gauge.served };
  }

  stats(list: UnitStats[]): void {
    list.push(...poolStats(this.path, this.#members, this.#mail, this.#context.clock.now()));
  }

  starts(member: Member): void {
    this.#scaler.starts(member);
    this.#mail.starts(member);
  }

  up(member: Member): void {
    this.#facts = member.facts ?? this.#facts;
    this.#scaler.serves(member);
    this.#mail.up(member);
    this.#recycler?.up(member);
  }

  began(member: Member): void {
    this.#gauge.began(member);
    this.#scaler.works();
    this.#recycler?.works();
  }

  freed(member: Member, served: boolean): void {
    const unknown = this.#gauge.service === undefined;
    this.#gauge.freed(member, served);
    this.#mail.freed(member, served);
    if (unknown && this.#gauge.service !== undefined) this.#scaler.learned();
  }

  down(member: Member): void {
    this.#gauge.down(member);
    this.#scaler.down(member);
    this.#mail.down(member);
  }

  failed(member: Member): void {
    this.#mail.failed(member);
  }

  ended(member: Member, guilty: boolean): void {
    this.#mail.ended(member, guilty);
  }

  leaves(member: Member): void {
    this.#recycler?.leaves(member);
    this.#mail.leaves(member);
  }

  gone(member: Member): void {
    this.#mail.gone(member);
  }

  /** Who waits for one that stays down is served by another in its place, while there may be more. */
  out(member: Member): void {
    this.#mail.out(member);
    this.#recycler?.out(member);
    this.#scaler.fill();
    try {
      refuseWithoutMembers(this.path, this.#members, this.#scaler.mayGrow);
    } catch (error) {
      this.#failAll(error as HoldfastError);
    }
  }

  /** Nobody adds members, or lets them go. */
  #rests(): void {
    this.#scaler.ends();
    this.#recycler?.ends();
  }

  /** @throws HoldfastError why nothing is taken now */
  protected admit(inner: boolean): void {
    if (this.#refusal) throw this.#refusal;
    this.hold.admit(this.path, inner);
    if (this.#members.out.size > 0) refuseWithoutMembers(this.path, this.#members, this.#scaler.mayGrow);
  }

  #gateOf(limits: AdmissionLimits): Admission {
    const { clock, callMade } = this.#context;
    return new Admission({
      clock,
      callMade,
      path: this.path,
      limits,
      serviceMs: () => this.#gauge.service?.ms,
      members: () => this.#members.there,
      comesIn: (member, now) => this.#scaler.comesIn(member, now),
    });
  }

  #fanOut(single: Target): FanOut {
    const { all, cell } = this.#members;
    return {
      context: this.#context,
      path: this.path,
      members: all,
      apart: cell.isolation !== "inline",
      single,
      admit: (inner) => this.admit(inner),
      isStream: (method) => this.isStream(method),
      resize: (to) => this.resize(to),
    };
  }

  #failAll(error: HoldfastError): void {
    for (const message of this.#mail.clear()) message.fail(error);
  }
}
