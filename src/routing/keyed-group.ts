import type { Target } from "../actor/ref.js";
import type { Timer } from "../clock.js";
import { DEFAULT_WINDOW } from "../defaults.js";
import { HoldfastError } from "../errors.js";
import type { CellSpec } from "../host/booting.js";
import type { MailboxLimits } from "../mailbox/mailbox.js";
import type { Message } from "../mailbox/message.js";
import { type ChildRules, type Shutdown, supervisorRules } from "../supervision/spec.js";
import type { StartMode } from "../supervision/state.js";
import type { SystemContext } from "../system/context.js";
import { Supervisor } from "../system/supervisor.js";
import { type Receiver, targetOf } from "../system/target.js";
import type { TreeNode } from "../system/tree.js";
import type { Standing, Unit, UnitExit } from "../system/unit.js";
import { CellUnit } from "./cell-unit.js";
import { KeyUnit } from "./key-unit.js";

export interface KeyedGroupOptions {
  readonly cell: CellSpec;
  readonly cells: number;
  readonly maxKeys: number;
  readonly idleMs: number;
  readonly cellRules: (id: string) => ChildRules;
  readonly keyRules: (id: string) => ChildRules;
  readonly mailbox: MailboxLimits;
  readonly window: number | undefined;
  readonly snapshotEvery: number | undefined;
}

/** How often idle keys are looked for, as a part of the idle time, and never more often than once a second. */
const SWEEPS_PER_IDLE = 4;
const FASTEST_SWEEP_MS = 1000;

/**
 * Two supervisors side by side: of the cells, which share the heavy load, and of the keys, which live in them.
 *
 *   message(key) ─▶ KeyUnit (mailbox, snapshot, restarts) ─▶ its CellUnit's cell ─▶ the actor
 *                      made by the first message, placed in the cell with the fewest keys
 */
export class KeyedGroup implements Unit, Receiver {
  readonly name: string;
  readonly path: string;
  readonly target: Target;
  readonly incarnation = 1;
  readonly #context: SystemContext;
  readonly #options: KeyedGroupOptions;
  readonly #cells: Supervisor;
  readonly #keys: Supervisor;
  readonly #byKey = new Map<string, KeyUnit>();
  readonly #released = new Map<string, { done: Promise<void>; tell: () => void }>();
  #refusal: HoldfastError | undefined;
  /** The system stops: only what its own actors ask of each other is taken, since it belongs to work already taken. */
  #draining: HoldfastError | undefined;
  #sweep: Timer | undefined;

  constructor(context: SystemContext, name: string, path: string, options: KeyedGroupOptions) {
    this.#context = context;
    this.#options = options;
    this.name = name;
    this.path = path;
    this.target = targetOf(context, this);
    const unlimited = supervisorRules({ intensity: { restarts: Number.POSITIVE_INFINITY, within: 60_000 } }, path);
    const cells = Array.from({ length: options.cells }, (_, i) => {
      const id = `cell-${i + 1}`;
      const rules = options.cellRules(id);
      return { rules, unit: new CellUnit(context, id, `${path}/${id}`, options.cell, rules, this.target) };
    });
    this.#cells = new Supervisor(context, name, path, unlimited, cells);
    this.#cells.onReady = (cell) => {
      for (const key of this.#byKey.values()) if (key.home === cell && key.pending() > 0) key.settle();
    };
    this.#keys = new Supervisor(context, name, path, unlimited, []);
    this.#keys.onForgotten = (unit) => this.#forgotten(unit as KeyUnit);
  }

  set onExit(onExit: (exit: UnitExit) => void) {
    this.#cells.onExit = onExit;
  }

  accept(message: Message, key: string | undefined): void {
    if (this.#refusal) throw this.#refusal;
    if (this.#draining && !message.inner) throw this.#draining;
    if (key === undefined || key === "") {
      throw new HoldfastError(
        "InvalidValue",
        `${this.path} has one actor per key: write ref.key("…").ask.${message.method}(…)`,
      );
    }
    (this.#byKey.get(key) ?? this.#add(key)).accept(message);
  }

  isStream(method: string): boolean | undefined {
    return this.#homes().find((home) => home.cell)?.cell?.facts.methods[method]?.stream;
  }

  async start(mode: StartMode): Promise<void> {
    this.#refusal = undefined;
    await this.#cells.start(mode);
    await this.#keys.start(mode);
    this.#armSweep();
  }

  async stop(shutdown: Shutdown): Promise<void> {
    this.#sweep?.cancel();
    await this.#keys.stop(shutdown);
    await this.#cells.stop(shutdown);
  }

  dispose(error: HoldfastError): void {
    this.#refusal = error;
    this.#sweep?.cancel();
    this.#keys.dispose(error);
    this.#cells.dispose(error);
    for (const { tell } of this.#released.values()) tell();
    this.#released.clear();
  }

  drain(): void {
    this.#draining = new HoldfastError("Draining", `${this.path} is stopping and takes no new work`);
  }

  pending(): number {
    return this.#keys.pending();
  }

  kill(by: string, key: string | undefined): boolean {
    return key === undefined ? this.#cells.kill(by, undefined) : (this.#byKey.get(key)?.kill(by) ?? false);
  }

  release(key: string): Promise<void> {
    const unit = this.#byKey.get(key);
    if (!unit) return Promise.resolve();
    const under = this.#released.get(key);
    if (under) return under.done;
    let tell = () => {};
    const done = new Promise<void>((resolve) => {
      tell = resolve;
    });
    this.#released.set(key, { done, tell });
    this.#keys.remove(unit.name);
    return done;
  }

  restart(name: string): void {
    this.#cells.restart(name);
  }

  child(name: string): Unit | undefined {
    return this.#cells.child(name);
  }

  tree(standing: Standing): TreeNode {
    const cells = this.#cells.tree(standing).children!;
    const keys = [...this.#byKey.values()];
    const children = cells.map((cell) => ({
      ...cell,
      children: keys.filter((key) => key.home.path === cell.path).map((key) => key.tree(this.#keys.standing(key.name))),
    }));
    const restarts = cells.reduce((sum, cell) => sum + cell.restarts, 0);
    return { path: this.path, name: this.name, kind: "keyed", state: standing.state, restarts, children };
  }

  #add(key: string): KeyUnit {
    const { maxKeys, keyRules, mailbox, window = DEFAULT_WINDOW, snapshotEvery = 1 } = this.#options;
    if (this.#byKey.size >= maxKeys) {
      throw new HoldfastError(
        "Unavailable",
        `${this.path} already holds ${maxKeys} keys (maxKeys): release some, or wait for idle ones to go`,
        {
          details: { maxKeys },
        },
      );
    }
    const home = this.#homes().reduce((best, cell) => (cell.load < best.load ? cell : best));
    const rules = keyRules(key);
    const options = { key, rules, mailbox, window, snapshotEvery, home, target: this.target };
    const unit = new KeyUnit(this.#context, key, `${this.path}/${key}`, options);
    this.#byKey.set(key, unit);
    this.#keys.add({ rules, unit });
    return unit;
  }

  #homes(): CellUnit[] {
    return this.#cells.units() as CellUnit[];
  }

  #forgotten(unit: KeyUnit): void {
    unit.home.leave(unit);
    this.#byKey.delete(unit.name);
    this.#released.get(unit.name)?.tell();
    this.#released.delete(unit.name);
  }

  #armSweep(): void {
    const { idleMs } = this.#options;
    if (idleMs === Number.POSITIVE_INFINITY) return;
    const every = Math.max(FASTEST_SWEEP_MS, idleMs / SWEEPS_PER_IDLE);
    this.#sweep = this.#context.clock.after(
      every,
      () => {
        const before = this.#context.clock.now() - idleMs;
        for (const unit of this.#byKey.values())
          if (unit.idle && unit.lastActive < before) this.#keys.remove(unit.name);
        this.#armSweep();
      },
      { background: true },
    );
  }
}
