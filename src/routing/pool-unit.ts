import type { ActorFacts } from "../actor/methods.js";
import type { Target } from "../actor/ref.js";
import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";
import type { Mailbox } from "../mailbox/mailbox.js";
import type { Message } from "../mailbox/message.js";
import type { ChildRules, Shutdown } from "../supervision/spec.js";
import type { ChildRecord, StartMode } from "../supervision/state.js";
import type { LoadedActor } from "../system/actor/loaded-actor.js";
import type { SystemContext } from "../system/context.js";
import { hasNoKeys, takesNoMore } from "../system/not-an-actor.js";
import { type Receiver, targetOf } from "../system/target.js";
import type { TreeNode } from "../system/tree.js";
import type { Keeper, Place, Standing, Unit } from "../system/unit.js";
import type { Member } from "./member.js";
import { Members, type MembersOwner } from "./members.js";
import type { PoolBounds } from "./pool-bounds.js";
import { SharedMailbox } from "./shared-mailbox.js";

export interface PoolPlan {
  readonly member: LoadedActor;
  readonly rules: ChildRules;
  readonly bounds: PoolBounds;
}

/** Elastic members before one shared mailbox, from which each takes when it is free. */
export class PoolUnit implements Unit, Receiver, MembersOwner {
  readonly kind = "pool";
  record: ChildRecord | undefined;
  readonly name: string;
  readonly path: string;
  readonly target: Target;
  readonly incarnation = 1;
  readonly #mailbox: Mailbox;
  readonly #members: Members;
  readonly #bounds: PoolBounds;
  /** Members that have room, the one that was freed last at the end: its caches are warm, and others can idle out. */
  readonly #free: Member[] = [];
  /** What the class of its members says of its methods, from the first start on. */
  #facts: ActorFacts | undefined;
  /** The size that somebody holds it at. */
  #held: number | undefined;
  /** It was started, and not stopped since. */
  #up = false;
  #refusal: HoldfastError | undefined;
  /** The system stops: only what its own actors ask of each other is taken, since it belongs to work already taken. */
  #draining = false;

  constructor(context: SystemContext, place: Place, { member, rules, bounds }: PoolPlan) {
    const { name, path } = place;
    this.name = name;
    this.path = path;
    this.#bounds = bounds;
    this.#mailbox = new SharedMailbox(path, member.mailbox(path), () => this.#pump());
    const shared = this.#mailbox;
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
    if (key !== undefined) throw hasNoKeys(this.path, key);
    if (this.#refusal) throw this.#refusal;
    if (this.#draining && !message.inner) throw takesNoMore(this.path);
    if (this.#members.out.size > 0) this.#refuseWithoutMembers();
    this.#mailbox.push(message);
    this.#pump();
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
    return this.#mailbox.size + this.#members.executing;
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
      waiting: this.#mailbox.size,
      executing: this.#members.executing,
      capacity: this.#mailbox.limits.messages,
    };
    const children = node.children!.map(({ mailbox: _, ...member }) => member);
    const restarts = children.reduce((sum, member) => sum + member.restarts, 0);
    return { ...node, kind: this.kind, mailbox, children, restarts };
  }

  starts(): void {}

  up(member: Member): void {
    this.#facts = member.facts ?? this.#facts;
    this.freed(member);
  }

  freed(member: Member): void {
    if (member.inLine || !member.free) return;
    member.inLine = true;
    this.#free.push(member);
  }

  down(): void {}

  leaves(): void {}

  /** Who waits for one that stays down is served by another in its place, while there may be more. */
  out(): void {
    this.#fill(this.#mailbox.size > 0 ? 1 : 0);
    try {
      this.#refuseWithoutMembers();
    } catch (error) {
      this.#failAll(error as HoldfastError);
    }
  }

  gone(): void {}

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

  #pump(): void {
    const free = this.#free;
    for (let i = free.length - 1; i >= 0 && !this.#mailbox.empty; i--) {
      const member = free[i];
      // A listener that heard of a message lost on the way has sent another, and taken some of them.
      if (!member) continue;
      member.pump();
      if (!member.free) this.#isBusy(member);
    }
  }

  #isBusy(member: Member): void {
    const at = this.#free.lastIndexOf(member);
    member.inLine = false;
    if (at < 0) return;
    const last = this.#free.pop()!;
    if (last !== member) this.#free[at] = last;
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
    for (const message of this.#mailbox.clear()) message.fail(error);
  }
}
