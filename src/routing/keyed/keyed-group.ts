import type { ActorFacts } from "../../actor/methods.js";
import type { Target } from "../../actor/ref.js";
import type { Timer } from "../../clock.js";
import { DEFAULT_WINDOW } from "../../defaults.js";
import { HoldfastError, toError } from "../../errors.js";
import type { CellSpec } from "../../host/booting.js";
import { Mailbox, type MailboxLimits } from "../../mailbox/mailbox.js";
import type { Message } from "../../mailbox/message.js";
import { Tally } from "../../mailbox/tally.js";
import { type ChildRules, type Shutdown, supervisorRules } from "../../supervision/spec.js";
import type { ChildRecord, StartMode } from "../../supervision/state.js";
import type { SystemContext } from "../../system/context.js";
import { type Durability, notDurable } from "../../system/durable/durable-options.js";
import { entityOf, keysWithMail } from "../../system/durable/entity.js";
import { Hold, isOwn } from "../../system/hold.js";
import { takesNoMore } from "../../system/not-an-actor.js";
import type { Receiver } from "../../system/receiver.js";
import type { PlannedRestart, UnitStats } from "../../system/stats.js";
import { Supervisor } from "../../system/supervisor/supervisor.js";
import { targetOf } from "../../system/target.js";
import type { TreeNode } from "../../system/tree.js";
import type { Keeper, Standing, Unit } from "../../system/unit.js";
import type { CellBounds } from "./cell-bounds.js";
import { groupNode } from "./group-node.js";
import { groupStats } from "./group-stats.js";
import { KeyUnit } from "./key-unit.js";
import { KeyedCells } from "./keyed-cells.js";
import { KeyedSize } from "./keyed-size.js";
import { LateMail } from "./late-mail.js";
import { needsKey } from "./needs-key.js";

export interface KeyedGroupOptions {
  readonly cell: CellSpec;
  readonly cells: CellBounds;
  readonly maxKeys: number;
  readonly idleMs: number;
  readonly cellRules: ChildRules;
  readonly keyRules: ChildRules;
  readonly mailbox: MailboxLimits;
  readonly window: number | undefined;
  readonly snapshotEvery: number | undefined;
  readonly graceMs: number;
  readonly durable: Durability | undefined;
}

/** How often idle keys are looked for, as a part of the idle time, and never more often than once a second. */
const SWEEPS_PER_IDLE = 4;
const FASTEST_SWEEP_MS = 1000;

/**
 * Two supervisors side by side: of the cells, which share the heavy load, and of the keys, which live in them.
 *
 *   message(key) ─▶ KeyUnit (mailbox, snapshot, restarts) ─▶ its CellUnit's cell ─▶ the actor
 *                      made by the first message, placed by the hash of its key
 */
export class KeyedGroup implements Unit, Receiver {
  readonly kind = "keyed";
  record: ChildRecord | undefined;
  readonly name: string;
  readonly path: string;
  readonly target: Target;
  readonly incarnation = 1;
  readonly hold = new Hold();
  readonly tally: Tally;
  readonly #context: SystemContext;
  readonly #options: KeyedGroupOptions;
  readonly #cells: KeyedCells;
  readonly #size: KeyedSize;
  readonly #keys: Supervisor;
  readonly #byKey = new Map<string, KeyUnit>();
  readonly #late = new LateMail();
  #refusal: HoldfastError | undefined;
  #sweep: Timer | undefined;
  /** Of the latest start; aborted when it is told to stop. */
  #starting: AbortController | undefined;

  constructor(context: SystemContext, name: string, path: string, options: KeyedGroupOptions) {
    this.#context = context;
    this.#options = options;
    this.name = name;
    this.path = path;
    this.tally = new Tally(context.meter);
    this.target = targetOf(context, this);
    const { target, tally } = this;
    const { cell: spec, cellRules: rules, maxKeys, cells } = options;
    this.#cells = new KeyedCells(context, name, path, { spec, rules, ...cells, maxKeys, target, tally });
    this.#size = new KeyedSize(context, path, this.#cells, cells);
    const unlimited = supervisorRules({ intensity: { restarts: Number.POSITIVE_INFINITY, within: 60_000 } }, path);
    this.#keys = new Supervisor(context, name, path, unlimited, []);
    // Nobody restarts a key by hand: one that has ended makes room, and a message makes it anew.
    this.#keys.onDown = (unit) => this.#keys.removeMember(unit.name);
    this.#keys.onForgotten = (unit) => this.#forgotten(unit as KeyUnit);
  }

  get durable(): boolean {
    return this.#options.durable !== undefined;
  }

  get keeper(): Keeper {
    return this.#cells.supervisor.keeper;
  }

  set keeper(keeper: Keeper) {
    this.#cells.supervisor.keeper = keeper;
  }

  accept(message: Message, key: string | undefined): void {
    if (this.#refusal) throw this.#refusal;
    if (this.hold.shut && !isOwn(message, `${this.path}/${key}`)) this.hold.admit(this.path, message.inner);
    if (key === undefined || key === "") throw needsKey(this.path, `ref.key("…").ask.${message.method}(…)`);
    const late = this.#late.of(key);
    if (late) {
      late.push(message);
      return;
    }
    const unit = this.#byKey.get(key) ?? this.#add(key);
    this.#cells.see(unit.home);
    this.#size.works();
    unit.accept(message);
  }

  get facts(): ActorFacts | undefined {
    return this.#cells.facts;
  }

  isStream(method: string): boolean | undefined {
    return this.facts?.methods[method]?.stream;
  }

  /**
   * Cells first, since keys live in them. A group that gave up comes here with its keys still standing, homeless: they
   * are taken down before, so that none starts twice. Keys wait for nobody: one that cannot start is parked alone.
   */
  async start(mode: StartMode): Promise<void> {
    const starting = new AbortController();
    this.#starting = starting;
    this.#refusal = undefined;
    await this.#takeDown();
    const { signal } = starting;
    if (!signal.aborted) await this.#cells.supervisor.start(mode);
    try {
      if (signal.aborted) throw new HoldfastError("ActorStopped", `${this.path} was stopped while it started`);
      await this.#keys.start("background");
      // Their mail has outlived the process.
      const waiting = this.#options.durable?.mail ? keysWithMail(this.#context.store!.ids(), this.path) : [];
      for (const key of waiting) if (!this.#byKey.has(key) && !this.#full) this.#add(key);
    } catch (error) {
      await this.#cells.supervisor.stop("unlimited");
      throw error;
    }
    this.#armSweep();
    this.#size.begins();
  }

  async stop(_shutdown: Shutdown): Promise<void> {
    this.#starting?.abort();
    await this.#takeDown();
  }

  /** Each key and cell has a shutdown time of its own. */
  async #takeDown(): Promise<void> {
    this.#sweep?.cancel();
    this.#size.ends();
    await this.#keys.stop("unlimited");
    await this.#cells.supervisor.stop("unlimited");
    this.#cells.forgetLeaving();
  }

  dispose(error: HoldfastError): void {
    this.#refusal = error;
    this.#sweep?.cancel();
    this.#size.ends();
    this.#keys.dispose(error);
    this.#cells.supervisor.dispose(error);
    this.#context.hosts.release(this.#options.cell);
    this.#late.fail(error);
  }

  drain(): void {
    this.hold.draining = true;
  }

  hang(forMs: number, by: string, key: string | undefined): boolean {
    if (key === undefined) throw needsKey(this.path, "app.hang(path, { key })");
    return this.#byKey.get(key)?.home.hang(forMs, by) ?? false;
  }

  pending(): number {
    return this.#keys.pending() + this.#late.size;
  }

  kill(by: string, key: string | undefined): boolean {
    return key === undefined ? this.#cells.supervisor.kill(by, undefined) : (this.#byKey.get(key)?.kill(by) ?? false);
  }

  release(key: string): Promise<void> {
    const unit = this.#byKey.get(key);
    return unit ? this.#letGo(unit) : Promise.resolve();
  }

  forget(key: string | undefined): Promise<void> {
    const { path } = this;
    if (!this.#options.durable) return Promise.reject(notDurable(path));
    if (key === undefined) return Promise.reject(needsKey(path, "app.forget(path, key)"));
    return this.#byKey.get(key)?.handle.forget() ?? this.#context.store!.forget(entityOf(path, key));
  }

  /** @throws HoldfastError InvalidValue for a number of cells out of bounds; StartFailed, and it stays smaller */
  resize(to: number | "auto"): Promise<void> {
    if (this.#refusal) return Promise.reject(this.#refusal);
    if (this.hold.draining) return Promise.reject(takesNoMore(this.path));
    return this.#size.resize(to);
  }

  recycle(name: string, why: PlannedRestart): boolean {
    return this.#cells.supervisor.recycle(name, why);
  }

  restart(name: string): Promise<void> {
    return this.#cells.supervisor.restart(name);
  }

  keyed(key: string): Unit | undefined {
    return this.#byKey.get(key);
  }

  child(name: string): Unit | undefined {
    return this.#cells.supervisor.child(name);
  }

  tree(standing: Standing): TreeNode {
    const keyTree = (key: KeyUnit) => key.tree(this.#keys.standing(key.name));
    return groupNode(this, standing, this.#cells.nodes(), this.#size.scaling(), [...this.#byKey.values()], keyTree);
  }

  stats(list: UnitStats[]): void {
    list.push(...groupStats(this, this.#context.clock.now(), this.#cells, this.#late, this.#byKey));
  }

  get #full(): boolean {
    return this.#byKey.size >= this.#options.maxKeys;
  }

  #add(key: string): KeyUnit {
    const { maxKeys, keyRules, mailbox, window = DEFAULT_WINDOW, snapshotEvery, graceMs, durable } = this.#options;
    if (this.#full) {
      throw new HoldfastError(
        "Unavailable",
        `${this.path} already holds ${maxKeys} keys (maxKeys): release some, or wait for idle ones to go`,
        { details: { maxKeys } },
      );
    }
    const home = this.#cells.homeFor(key);
    const rules = keyRules;
    const { target, tally } = this;
    const options = { key, rules, mailbox, window, snapshotEvery, graceMs, durable, home, target, tally };
    const unit = new KeyUnit(this.#context, key, `${this.path}/${key}`, options);
    this.#keys.addMember({ id: key, rules, unit });
    this.#byKey.set(key, unit);
    return unit;
  }

  /** Idle or released: it ends, its state is forgotten, and mail that comes meanwhile is for the next of that key. */
  #letGo(unit: KeyUnit): Promise<void> {
    const { name } = unit;
    const under = this.#late.going(name);
    if (under) return under;
    const gone = this.#late.begin(name, new Mailbox(unit.path, this.#options.mailbox, this.#context.mailRoom));
    this.#keys.removeMember(name);
    return gone;
  }

  #forgotten(unit: KeyUnit): void {
    const { name } = unit;
    unit.depart();
    this.#byKey.delete(name);
    for (const message of this.#late.end(name)) {
      try {
        (this.#byKey.get(name) ?? this.#add(name)).accept(message);
      } catch (error) {
        message.fail(toError(error));
      }
    }
  }

  #armSweep(): void {
    const { idleMs } = this.#options;
    if (idleMs === Number.POSITIVE_INFINITY) return;
    const every = Math.max(FASTEST_SWEEP_MS, idleMs / SWEEPS_PER_IDLE);
    this.#sweep = this.#context.clock.after(
      every,
      () => {
        const before = this.#context.clock.now() - idleMs;
        for (const unit of this.#byKey.values()) if (unit.idle && unit.lastActive < before) void this.#letGo(unit);
        this.#armSweep();
      },
      { background: true },
    );
  }
}
