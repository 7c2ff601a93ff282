import type { ActorFacts } from "../../actor/methods.js";
import type { Target } from "../../actor/ref.js";
import { HoldfastError } from "../../errors.js";
import type { CellSpec } from "../../host/booting.js";
import type { Tally } from "../../mailbox/tally.js";
import { type ChildRules, supervisorRules } from "../../supervision/spec.js";
import type { Cell } from "../../system/cell/cell.js";
import type { SystemContext } from "../../system/context.js";
import { Supervisor } from "../../system/supervisor/supervisor.js";
import type { TreeNode } from "../../system/tree.js";
import type { Unit } from "../../system/unit.js";
import { CellUnit } from "./cell-unit.js";
import { belongsTo, type KeyPlace, placeForKey } from "./key-placement.js";

export interface KeyedCellsOptions {
  readonly spec: CellSpec;
  readonly rules: ChildRules;
  /** Cells at the start, and at most. */
  readonly min: number;
  readonly max: number;
  /** Keys that the most cells must be able to hold. */
  readonly maxKeys: number;
  readonly target: Target;
  /** Where the mail of the keys counts. */
  readonly tally: Tally;
}

/**
 * The cells of a keyed group, which come and go, and which key lives in which. A key that is alive stays where it is, but:
 *
 *   a cell joins   ─▶ is up ─▶ the keys that weigh most with it move in, if they are movable
 *   a cell leaves  ─▶ no key moves in; the movable ones move to others, the rest stay till they are idle ─▶ empty: it stops
 *                       └─ it dies first: its keys move, and it is not restarted
 *   a cell is parked ─▶ its keys move; where no cell is left their mail fails
 */
export class KeyedCells {
  readonly supervisor: Supervisor;
  readonly #context: SystemContext;
  readonly #options: KeyedCellsOptions;
  readonly #path: string;
  readonly #newcomers = new Set<CellUnit>();
  /** Those that leave; true once they were told to stop. */
  readonly #leaving = new Map<CellUnit, boolean>();
  /** Who waits for the end of those that leave. */
  readonly #told = new Map<CellUnit, () => void>();
  /** A key finds no room. @returns whether there is a cell more now */
  onFull: () => boolean = () => false;
  /** Messages settled by any of its keys. */
  answered = 0;
  #made = 0;
  #facts: ActorFacts | undefined;

  constructor(context: SystemContext, name: string, path: string, options: KeyedCellsOptions) {
    this.#context = context;
    this.#options = options;
    this.#path = path;
    const { rules } = options;
    const unlimited = supervisorRules({ intensity: { restarts: Number.POSITIVE_INFINITY, within: 60_000 } }, path);
    const first = Array.from({ length: options.min }, () => {
      const unit = this.#make();
      return { id: unit.name, rules, unit };
    });
    this.supervisor = new Supervisor(context, name, path, unlimited, first);
    this.supervisor.onReady = (cell) => this.#isUp(cell as CellUnit);
    this.supervisor.onParked = (cell) => this.#moveAll(cell as CellUnit);
    this.supervisor.onForgotten = (cell) => this.#isGone(cell as CellUnit);
  }

  /** What the actor's class says, once a cell was up. */
  get facts(): ActorFacts | undefined {
    this.#facts = this.#all().find(({ facts }) => facts)?.facts ?? this.#facts;
    return this.#facts;
  }

  /** How many there are, those that leave apart. */
  get size(): number {
    return this.#all().length - this.#leaving.size;
  }

  /** How many of them serve. */
  get ready(): number {
    return this.open.filter(({ cell }) => cell !== undefined).length;
  }

  /** How many more the system's hosts leave to those who grow. */
  get growable(): number {
    return this.#options.spec.isolation === "inline" ? Number.POSITIVE_INFINITY : this.#context.hosts.forGrowth;
  }

  get hasSpare(): boolean {
    return this.#context.hosts.spare(this.#options.spec) === "ready";
  }

  /** Those that are there, as what they hold is asked for. */
  living(): { readonly up: boolean; readonly cell: Cell | undefined }[] {
    return this.open.map(({ cell }) => ({ up: cell !== undefined, cell }));
  }

  /** Where a key is to live that is not alive. @throws HoldfastError Unavailable */
  homeFor(key: string): CellUnit {
    const { open } = this;
    const at = placeForKey(key, open.map(this.#place));
    if (at !== undefined) return open[at]!;
    if (open.length === 0) throw this.#allParked();
    if (this.onFull()) return this.homeFor(key);
    const full = `${this.#path}: its ${open.length} cells hold as many keys as they can (${open[0]!.room} each)`;
    throw new HoldfastError("Unavailable", `${full}: release some, or wait for idle ones to go`);
  }

  /** For a key with mail: it goes elsewhere where its cell was given up. @throws HoldfastError Unavailable */
  see(cell: CellUnit): void {
    if (cell.cell || !this.#isParked(cell)) return;
    this.#moveAll(cell);
    if (cell.residents.size > 0) throw this.#allParked();
  }

  /**
   * Cells more or fewer.
   * @returns when those that come are up, and those that go are gone, or hold only keys that stay until they are idle
   * @throws HoldfastError why one could not start
   */
  become(size: number): Promise<void> {
    const more = size - this.size;
    return more < 0 ? this.#shrink(-more) : this.#grow(more);
  }

  /** It was taken down as a whole: what was on its way out does not come back. */
  forgetLeaving(): void {
    for (const cell of [...this.#leaving.keys()]) {
      this.#moveAll(cell);
      this.supervisor.removeMember(cell.name);
    }
  }

  nodes(): TreeNode[] {
    return this.#all().map((cell) => {
      const node = cell.tree(this.supervisor.standing(cell.name));
      if (!this.#leaving.has(cell) || node.state !== "running") return node;
      return { ...node, state: "draining", reason: `leaves: ${cell.residents.size} keys stay until they are idle` };
    });
  }

  async #grow(count: number): Promise<void> {
    const starts: Promise<unknown>[] = [];
    const back = [...this.#leaving].filter(([, told]) => !told).map(([cell]) => cell);
    for (let i = 0; i < count; i++) {
      const cell = back.pop();
      if (cell) {
        this.#isGone(cell);
        this.#claim(cell);
      } else starts.push(this.#add());
    }
    await Promise.all(starts);
  }

  async #add(): Promise<void> {
    const { rules } = this.#options;
    const unit = this.#make();
    this.#newcomers.add(unit);
    try {
      await this.supervisor.startChild(unit.name, { rules: () => rules, create: () => unit });
    } catch (error) {
      this.#moveAll(unit);
      throw error;
    } finally {
      this.#newcomers.delete(unit);
    }
  }

  #make(): CellUnit {
    const { spec, rules, maxKeys, max, target, tally } = this.#options;
    const name = `cell-${++this.#made}`;
    const room = Math.ceil(maxKeys / max);
    const unit = new CellUnit(this.#context, name, `${this.#path}/${name}`, { spec, rules, room, target, tally });
    unit.onServed = () => this.answered++;
    unit.onVacant = () => this.#isVacant(unit);
    unit.onLost = () => {
      if (!this.#leaving.has(unit)) return;
      this.#moveAll(unit);
      this.supervisor.removeMember(unit.name);
    };
    return unit;
  }

  #isUp(cell: CellUnit): void {
    for (const key of [...cell.residents]) if (key.pending() > 0) key.settle();
    if (this.#newcomers.delete(cell)) this.#claim(cell);
  }

  /** The keys that belong to a cell that has joined. */
  #claim(cell: CellUnit): void {
    const open = this.open;
    const places = open.map(this.#place);
    const own = places[open.indexOf(cell)];
    if (!own) return;
    for (const other of open) {
      for (const key of [...other.residents]) {
        if (cell.residents.size >= own.room) return;
        if (other !== cell && key.movable && belongsTo(own, key.name, places)) key.moveTo(cell);
      }
    }
  }

  /** First those that serve nobody yet, or never will; then those with the fewest keys that would have to stay, or to move; the youngest of them. */
  async #shrink(count: number): Promise<void> {
    const cost = (cell: CellUnit) => {
      if (this.#newcomers.has(cell)) return -2;
      if (this.#isParked(cell)) return -1;
      const keys = [...cell.residents];
      return keys.filter((key) => !key.movable).length * this.#options.maxKeys + keys.length;
    };
    const open = this.#all().filter((cell) => !this.#leaving.has(cell));
    const going = open.reverse().sort((one, other) => cost(one) - cost(other));
    const gone: Promise<void>[] = [];
    for (const cell of going.slice(0, count)) {
      this.#leaving.set(cell, false);
      const left = new Promise<void>((resolve) => this.#told.set(cell, resolve));
      this.#moveOut(cell);
      this.#isVacant(cell);
      if (cell.residents.size === 0) gone.push(left);
    }
    await Promise.all(gone);
  }

  /** What can move from a cell that leaves, and finds room. */
  #moveOut(cell: CellUnit): void {
    for (const key of [...cell.residents]) {
      if (!key.movable || !this.#hasRoom()) continue;
      key.moveTo(this.homeFor(key.name));
    }
  }

  /** Nothing of its keys runs there any more: they go on elsewhere. Where no cell is left, what waits for them fails. */
  #moveAll(cell: CellUnit): void {
    for (const key of [...cell.residents]) {
      try {
        key.moveTo(this.homeFor(key.name));
      } catch (error) {
        key.handle.park(error as HoldfastError);
      }
    }
  }

  #isGone(cell: CellUnit): void {
    this.#leaving.delete(cell);
    this.#told.get(cell)?.();
    this.#told.delete(cell);
  }

  #isVacant(cell: CellUnit): void {
    if (!cell.vacant || this.#leaving.get(cell) !== false) return;
    this.#leaving.set(cell, true);
    this.supervisor.removeMember(cell.name);
  }

  #all(): CellUnit[] {
    return this.supervisor.units() as CellUnit[];
  }

  /** Where keys may move in. */
  get open(): CellUnit[] {
    return this.#all().filter((cell) => !this.#leaving.has(cell) && !this.#isParked(cell));
  }

  #hasRoom(): boolean {
    return this.open.some((cell) => cell.residents.size < cell.room);
  }

  #isParked(cell: CellUnit): boolean {
    return this.supervisor.standing(cell.name).state === "quarantined";
  }

  readonly #place = (cell: CellUnit): KeyPlace => {
    const serves = this.supervisor.standing(cell.name).state !== "waiting";
    return { id: cell.name, keys: cell.residents.size, room: cell.room, serves };
  };

  #allParked(): HoldfastError {
    const cells = this.#all() as Unit[];
    const { reason } = this.supervisor.standing(cells[cells.length - 1]!.name);
    const text = `${this.#path}: all ${cells.length} cells are quarantined; the last: ${reason}`;
    return new HoldfastError("Unavailable", text);
  }
}
