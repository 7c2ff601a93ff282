import { availableParallelism } from "node:os";
import type { Target } from "../actor/ref.js";
import { DEFAULT_MAX_SPAWNED, POOL_MEMBER_WINDOW } from "../defaults.js";
import { HoldfastError } from "../errors.js";
import { type KeysOf, onlyKnownKeys } from "../known-keys.js";
import { Mailbox, type MailboxLimits } from "../mailbox/mailbox.js";
import type { Message } from "../mailbox/message.js";
import type { Preset } from "../supervision/presets.js";
import { type ChildRules, childRules, type Shutdown, supervisorRules } from "../supervision/spec.js";
import type { ChildRecord, StartMode } from "../supervision/state.js";
import { ActorFamily } from "../system/actor/actor-family.js";
import type { ActorUnit } from "../system/actor/actor-unit.js";
import { graceMs, type LoadedActor, positiveInteger } from "../system/actor/loaded-actor.js";
import { OwnCell } from "../system/actor/own-cell.js";
import type { SystemContext } from "../system/context.js";
import { hasNoKeys } from "../system/not-an-actor.js";
import { Supervisor } from "../system/supervisor/supervisor.js";
import { type Receiver, targetOf } from "../system/target.js";
import type { TreeNode } from "../system/tree.js";
import type { Keeper, LoadedSpec, Place, Standing, Unit } from "../system/unit.js";
import { lasting } from "./lasting.js";
import type { PoolOptions } from "./pool.js";

/** What a dying or stopped member hands back is offered to the others at once: they may be idle. */
class SharedMailbox extends Mailbox {
  readonly #onHandedBack: () => void;

  constructor(owner: string, limits: MailboxLimits, onHandedBack: () => void) {
    super(owner, limits);
    this.#onHandedBack = onHandedBack;
  }

  override handBack(messages: readonly Message[]): void {
    super.handBack(messages);
    if (messages.length > 0) this.#onHandedBack();
  }

  /** A busy member tries no suspect: when that is given up, what waited behind it can go on. */
  override remove(message: Message): void {
    super.remove(message);
    if (message.suspect) queueMicrotask(this.#onHandedBack);
  }
}

const poolKeys: KeysOf<PoolOptions> = { size: true };

/** A pool spec with its member's, loaded. */
export function loadPool(member: LoadedActor, options: PoolOptions): LoadedSpec {
  const { size = "cores" } = options ?? {};
  const count = size === "cores" ? availableParallelism() : size;
  return {
    rules(field, preset) {
      onlyKnownKeys(options, poolKeys, field);
      positiveInteger(count, `${field}.size`);
      memberRules(member, field, preset);
      // As a child, a pool waits for its members; each member has its own time limits.
      return childRules({ shutdown: "unlimited", startTimeout: Number.POSITIVE_INFINITY }, field, preset);
    },
    create: (context, place) => new PoolUnit(context, place, member, count),
  };
}

/** @throws InvalidSpec for what a member of a pool cannot be */
function memberRules(member: LoadedActor, field: string, preset: Preset): ChildRules {
  if (member.options.snapshotEvery !== undefined) {
    throw new HoldfastError(
      "InvalidSpec",
      `${field}.snapshotEvery is ${member.options.snapshotEvery}: leave it out, the members of a pool are stateless ` +
        "(each takes any message); state belongs in one actor, or in keyed()",
      { details: { field: `${field}.snapshotEvery` } },
    );
  }
  return lasting(member.rules(field, preset), field);
}

/** The members of a pool under a supervisor of their own, before one shared mailbox. */
export class PoolUnit implements Unit, Receiver {
  readonly kind = "pool";
  record: ChildRecord | undefined;
  readonly name: string;
  readonly path: string;
  readonly target: Target;
  readonly incarnation = 1;
  readonly #mailbox: Mailbox;
  readonly #members: ActorUnit[];
  readonly #supervisor: Supervisor;
  #refusal: HoldfastError | undefined;
  /** The system stops: only what its own actors ask of each other is taken, since it belongs to work already taken. */
  #draining: HoldfastError | undefined;

  constructor(context: SystemContext, { name, path, preset }: Place, member: LoadedActor, size: number) {
    this.name = name;
    this.path = path;
    this.#mailbox = new SharedMailbox(path, member.mailbox(path), () => this.#pump());
    // One cell spec for all members: a loaded spare fits any of them.
    const cell = member.cell(context, path, member.rules(path, preset));
    const { window = POOL_MEMBER_WINDOW } = member.options;
    const { maxChildren = DEFAULT_MAX_SPAWNED } = member.options;
    const bounds = { window, snapshotEvery: 1, graceMs: graceMs(member.options, path), maxChildren };
    const overBudget = member.options.overBudget ?? "quarantine";
    const rules: ChildRules = { ...memberRules(member, path, preset), overBudget };
    const mail = { mailbox: this.#mailbox.limits, sharedMailbox: this.#mailbox, onServed: () => this.#served() };
    const supervised = Array.from({ length: size }, (_, i) => {
      const id = String(i + 1);
      const lodging = new OwnCell(context, cell, `${path}/${id}`);
      return { id, rules, unit: new ActorFamily(id, { ...bounds, ...mail, context, rules, lodging }) };
    });
    this.#members = supervised.map(({ unit }) => unit);
    const unlimited = { restarts: Number.POSITIVE_INFINITY, within: 60_000 };
    this.#supervisor = new Supervisor(context, name, path, supervisorRules({ intensity: unlimited }, path), supervised);
    this.#supervisor.onParked = () => this.#allParked((error) => this.#failAll(error));
    this.target = targetOf(context, this);
  }

  get keeper(): Keeper {
    return this.#supervisor.keeper;
  }

  set keeper(keeper: Keeper) {
    this.#supervisor.keeper = keeper;
  }

  accept(message: Message, key: string | undefined): void {
    if (key !== undefined) throw hasNoKeys(this.path, key);
    if (this.#refusal) throw this.#refusal;
    if (this.#draining && !message.inner) throw this.#draining;
    this.#allParked((error) => {
      throw error;
    });
    this.#mailbox.push(message);
    this.#pump();
  }

  isStream(method: string): boolean | undefined {
    for (const member of this.#members) {
      const stream = member.isStream(method);
      if (stream !== undefined) return stream;
    }
    return undefined;
  }

  start(mode: StartMode): Promise<void> {
    this.#refusal = undefined;
    return this.#supervisor.start(mode);
  }

  stop(shutdown: Shutdown): Promise<void> {
    return this.#supervisor.stop(shutdown);
  }

  dispose(error: HoldfastError): void {
    this.#refusal = error;
    this.#supervisor.dispose(error);
    this.#failAll(error);
  }

  drain(): void {
    this.#draining = new HoldfastError("Draining", `${this.path} is stopping and takes no new work`);
  }

  pending(): number {
    return this.#members.reduce((sum, member) => sum + member.executing, this.#mailbox.size);
  }

  kill(by: string, key: string | undefined): boolean {
    return this.#supervisor.kill(by, key);
  }

  recycle(name: string): boolean {
    return this.#supervisor.recycle(name);
  }

  restart(name: string): Promise<void> {
    return this.#supervisor.restart(name);
  }

  child(name: string): Unit | undefined {
    return this.#supervisor.child(name);
  }

  tree(standing: Standing): TreeNode {
    const node = this.#supervisor.tree(standing);
    const executing = this.pending() - this.#mailbox.size;
    const mailbox = { waiting: this.#mailbox.size, executing, capacity: this.#mailbox.limits.messages };
    const children = node.children!.map(({ mailbox: _, ...member }) => member);
    const restarts = children.reduce((sum, member) => sum + member.restarts, 0);
    return { ...node, kind: this.kind, mailbox, children, restarts };
  }

  #pump(): void {
    for (const member of this.#members) {
      if (this.#mailbox.size === 0) return;
      if (member.up) member.pump();
    }
  }

  /** Mail is the pool's: whoever took it, service is back for a member that has returned and found none left. */
  #served(): void {
    for (const member of this.#members) if (member.up) member.served();
  }

  /** A pool without a member that could ever take the mail must not keep it. */
  #allParked(then: (error: HoldfastError) => void): void {
    const standings = this.#members.map((member) => this.#supervisor.standing(member.name));
    if (standings.some(({ state }) => state !== "quarantined")) return;
    const { reason } = standings[standings.length - 1]!;
    then(
      new HoldfastError(
        "Unavailable",
        `${this.path}: all ${standings.length} members are quarantined; the last: ${reason}`,
      ),
    );
  }

  #failAll(error: HoldfastError): void {
    for (const message of this.#mailbox.clear()) message.fail(error);
  }
}
