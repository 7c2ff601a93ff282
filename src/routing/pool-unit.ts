import type { ActorFacts } from "../actor/methods.js";
import type { Target } from "../actor/ref.js";
import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";
import type { Message } from "../mailbox/message.js";
import type { ChildRules, Shutdown } from "../supervision/spec.js";
import type { ChildRecord, StartMode } from "../supervision/state.js";
import type { LoadedActor } from "../system/actor/loaded-actor.js";
import type { SystemContext } from "../system/context.js";
import { takesNoMore } from "../system/not-an-actor.js";
import { type Receiver, targetOf } from "../system/target.js";
import type { TreeNode } from "../system/tree.js";
import type { Keeper, Place, Standing, Unit } from "../system/unit.js";
import type { Member } from "./member.js";
import { Members, type MembersOwner } from "./members.js";
import type { PoolBounds } from "./pool-bounds.js";
import type { PoolMail } from "./pool-mail.js";

export interface PoolPlan {
  readonly member: LoadedActor;
  readonly rules: ChildRules;
  readonly bounds: PoolBounds;
  readonly mail: PoolMail;
}

/** Elastic members, and the mail that goes to them. */
export class PoolUnit implements Unit, Receiver, MembersOwner {
  readonly kind = "pool";
  record: ChildRecord | undefined;
  readonly name: string;
  readonly path: string;
  readonly target: Target;
  readonly incarnation = 1;
  readonly #mail: PoolMail;
  readonly #members: Members;
  readonly #bounds: PoolBounds;
  /** What the class of its members says of its methods, from the first start on. */
  #facts: ActorFacts | undefined;
  /** The size that somebody holds it at. */
  #held: number | undefined;
  /** It was started, and not stopped since. */
  #up = false;
  #refusal: HoldfastError | undefined;
  /** The system stops: only what its own actors ask of each other is taken, since it belongs to work already taken. */
  #draining = false;

  constructor(context: SystemContext, place: Place, { member, rules, bounds, mail }: PoolPlan) {
    const { name, path } = place;
    this.name = name;
    this.path = path;
    this.#bounds = bounds;
    this.#mail = mail;
    const { shared } = mail;
    this.#members = new Members({ context, place, member, rules, size: bounds.min, shared }, this);
    this.target = targetOf(context, this);
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

  accept(message: Message, key: string | undefined): void {
    if (this.#refusal) throw this.#refusal;
    if (this.#draining && !message.inner) throw takesNoMore(this.path);
    if (this.#members.out.size > 0) this.#refuseWithoutMembers();
    this.#mail.push(message, key);
    if (this.#members.working === 0) this.#fill(1);
  }

  isStream(method: string): boolean | undefined {
    return this.#facts?.methods[method]?.stream;
  }

  async resize(size: number | "auto"): Promise<void> {
    if (this.#refusal) throw this.#refusal;
    if (size === "auto") {
      this.#held = undefined;
      this.#fill(0);
      return;
    }
    const { max } = this.#bounds;
    if (!Number.isInteger(size) || size < 0 || size > max) {
      throw new HoldfastError(
        "InvalidValue",
        `${this.path}: resize(${shown(size)}): give a whole number from 0 to its max, ${max}, or "auto"`,
        { details: { size, max } },
      );
    }
    this.#held = size;
    this.#resizeTo(size);
    await this.#members.whenSettled();
  }

  start(mode: StartMode): Promise<void> {
    this.#refusal = undefined;
    this.#up = true;
    return this.#members.start(mode);
  }

  stop(shutdown: Shutdown): Promise<void> {
    this.#up = false;
    return this.#members.stop(shutdown);
  }

  dispose(error: HoldfastError): void {
    this.#up = false;
    this.#refusal = error;
    this.#members.forget();
    this.#members.supervisor.dispose(error);
    this.#failAll(error);
  }

  drain(): void {
    this.#draining = true;
  }

  pending(): number {
    return this.#mail.waiting + this.#members.executing;
  }

  kill(by: string, key: string | undefined): boolean {
    return this.#members.supervisor.kill(by, key);
  }

  recycle(name: string): boolean {
    return this.#members.supervisor.recycle(name);
  }

  restart(name: string): Promise<void> {
    return this.#members.supervisor.restart(name);
  }

  child(name: string): Unit | undefined {
    return this.#members.supervisor.child(name);
  }

  tree(standing: Standing): TreeNode {
    const node = this.#members.supervisor.tree(standing);
    const mailbox = {
      waiting: this.#mail.waiting,
      executing: this.#members.executing,
      capacity: this.#mail.capacity,
    };
    const children = this.#mail.shared ? node.children!.map(({ mailbox: _, ...member }) => member) : node.children!;
    const restarts = children.reduce((sum, member) => sum + member.restarts, 0);
    return { ...node, kind: this.kind, mailbox, children, restarts };
  }

  starts(member: Member): void {
    this.#mail.starts(member);
  }

  up(member: Member): void {
    this.#facts = member.facts ?? this.#facts;
    this.#mail.up(member);
  }

  freed(member: Member, served: boolean): void {
    this.#mail.freed(member, served);
  }

  down(member: Member): void {
    this.#mail.down(member);
  }

  failed(member: Member): void {
    this.#mail.failed(member);
  }

  ended(member: Member, guilty: boolean): void {
    this.#mail.ended(member, guilty);
  }

  leaves(member: Member): void {
    this.#mail.leaves(member);
  }

  gone(member: Member): void {
    this.#mail.gone(member);
  }

  /** Who waits for one that stays down is served by another in its place, while there may be more. */
  out(member: Member): void {
    this.#mail.out(member);
    this.#fill(this.#mail.waiting > 0 ? 1 : 0);
    try {
      this.#refuseWithoutMembers();
    } catch (error) {
      this.#failAll(error as HoldfastError);
    }
  }

  /** As many members as it must have, and these many at least. */
  #fill(least: number): void {
    if (this.#held !== undefined || !this.#up) return;
    const { min, max } = this.#bounds;
    const { all, out, working } = this.#members;
    if (working < Math.max(min, least)) this.#resizeTo(Math.min(max, Math.max(min, least) + out.size));
    else if (all.length > max) this.#resizeTo(max);
  }

  #resizeTo(size: number): void {
    const { all } = this.#members;
    while (all.length < size) this.#members.add();
    while (all.length > size) this.#members.letGo(this.#members.leastMissed()!);
  }

  /** @throws Unavailable: a pool without a member that could ever take the mail must not keep it */
  #refuseWithoutMembers(): void {
    const { all, out, supervisor } = this.#members;
    const last = all.at(-1);
    if (!last || out.size < all.length || (this.#held === undefined && all.length < this.#bounds.max)) return;
    const { reason, state } = supervisor.standing(last.name);
    const text = `${this.path}: all ${all.length} members are ${state}; the last: ${reason}`;
    throw new HoldfastError("Unavailable", text);
  }

  #failAll(error: HoldfastError): void {
    for (const message of this.#mail.clear()) message.fail(error);
  }
}
