import type { Target } from "../../actor/ref.js";
import { type HoldfastError, toError } from "../../errors.js";
import type { Message } from "../../mailbox/message.js";
import type { ChildRules, Shutdown } from "../../supervision/spec.js";
import type { ChildRecord } from "../../supervision/state.js";
import { mustServe } from "../../system/actor/start-failure.js";
import type { SystemContext } from "../../system/context.js";
import type { Remains } from "../../system/death/after-death.js";
import type { OpenReport } from "../../system/death/death-log.js";
import type { DeathCause } from "../../system/death/report.js";
import { deathError, decidedOn, reportDeath } from "../../system/death/report-death.js";
import type { TreeNode } from "../../system/tree.js";
import { type Keeper, noKeeper, type Standing, type Unit } from "../../system/unit.js";
import { within } from "../../system/within.js";
import type { CellUnit } from "./cell-unit.js";
import { KeyHandle, type KeyOwner } from "./key-handle.js";
import { keyNode } from "./key-node.js";
import type { KeyUnitOptions } from "./key-options.js";
import { leaveInPeace, stuckIn } from "./leave-in-peace.js";

const bySupervisor = { kind: "killed", by: "its supervisor" } as const;

/**
 * The actor of one key. Its own crash is its own death, decided by the group's supervisor of keys. When its cell dies it
 * is only without a place: as soon as the cell is back and there is mail, it goes on from its last snapshot. It can move:
 *
 *   moveTo ─▶ (mail waits) ─▶ what executes ends ─▶ stop() ─▶ homeless ─▶ with mail: start, in its new cell
 *                 └─ a death on the way: what follows from that happens, in the new cell
 */
export class KeyUnit implements Unit, KeyOwner {
  readonly name: string;
  readonly key: string;
  readonly path: string;
  readonly target: Target;
  keeper: Keeper = noKeeper;
  record: ChildRecord | undefined;
  /** When it last had something to do, monotonic ms. */
  lastActive: number;
  readonly handle: KeyHandle;
  readonly context: SystemContext;
  readonly options: KeyUnitOptions;
  readonly rules: ChildRules;
  /** Where it lives: its next incarnation starts there. */
  #home: CellUnit;
  /** Where its actor is, or was last: not its home while it moves. */
  #in: CellUnit;
  #refusal: HoldfastError | undefined;
  #report: OpenReport | undefined;
  /** Done when it has left the cell that it was last told to leave. */
  #vacated: Promise<void> = Promise.resolve();
  /** up: in a live cell. homeless: its cell died, or it waits for its first place. */
  #place: "homeless" | "moving" | "up" | "down" = "down";

  constructor(context: SystemContext, name: string, path: string, options: KeyUnitOptions) {
    this.context = context;
    this.options = options;
    this.rules = options.rules;
    this.name = name;
    this.path = path;
    this.#home = options.home;
    this.#in = options.home;
    this.target = options.target;
    this.lastActive = context.clock.now();
    this.key = options.key;
    this.handle = new KeyHandle(this);
    this.#home.expect(this);
    this.#home.enter(this);
  }

  get home(): CellUnit {
    return this.#home;
  }

  /** It can go on elsewhere as if nothing had happened: it has snapshots, or nothing of it is there. */
  get movable(): boolean {
    return this.#home.facts?.replayable === true || (this.#place !== "up" && this.#place !== "moving");
  }

  /** Lives in another cell from now on; its mail and its state go along. */
  moveTo(home: CellUnit): void {
    if (home === this.#home) return;
    this.#home.dismiss(this);
    home.expect(this);
    this.#home = home;
    if (this.#place === "up") void this.#moveOut();
    else if (this.#place !== "moving") {
      this.#moveIn();
      if (this.pending() > 0) this.settle();
    }
  }

  /** It is gone for good. */
  depart(): void {
    this.#home.dismiss(this);
    this.#in.leave(this);
  }

  onUp(): void {
    this.#report?.warmed(this.pending() > 0);
    this.keeper.unitUp(this.name);
  }

  onOver(remains: Remains): void {
    this.#died(remains);
  }

  onHung(cause: DeathCause): void {
    this.#died(this.handle.end(cause));
  }

  onServed(): void {
    this.lastActive = this.context.clock.now();
    this.#report?.served();
    this.#in.served();
  }

  get above(): string {
    return this.target.path;
  }

  get incarnation(): number {
    return this.handle.incarnation;
  }

  get absent(): boolean {
    return !this.handle.up && !this.handle.changing;
  }

  get idle(): boolean {
    return this.pending() === 0 && this.#place !== "moving";
  }

  accept(message: Message): void {
    if (this.#refusal) throw this.#refusal;
    this.handle.receive(message);
    this.lastActive = this.context.clock.now();
    if (this.#place === "homeless") this.settle();
  }

  /** Takes its place in the cell if the cell is there; else the cell's return will. */
  settle(): void {
    if (this.#place !== "homeless" || !this.#home.cell) return;
    // It was running and could not be rebuilt: that is a death like any other.
    this.#move().catch((error: Error) => this.#died(this.handle.end({ kind: "start-failed", error })));
  }

  async start(): Promise<void> {
    this.#refusal = undefined;
    if (!this.#home.cell) {
      this.#place = "homeless";
      return;
    }
    try {
      await this.#move();
    } catch (error) {
      // A restart that failed is a death more; of a first start only the caller hears.
      const remains = this.handle.end({ kind: "start-failed", error: toError(error) });
      if (this.#report) this.#open(remains);
      throw error;
    }
  }

  async stop(shutdown: Shutdown): Promise<void> {
    const { cell } = this.handle;
    if (cell && shutdown !== "brutal") {
      const limit = shutdown === "unlimited" ? Number.POSITIVE_INFINITY : shutdown;
      let late = false;
      await within(this.context.clock, limit, this.vacate(), () => {
        late = this.handle.cell === cell;
        return undefined;
      });
      // Its handler does not end, and nobody would watch it once it has left: the cell goes, and its other keys return.
      if (late) await stuckIn(this.#in, cell, this, limit);
    }
    this.#place = "down";
    this.handle.end(bySupervisor);
  }

  /** Finishes what it executes and leaves its cell, mail and state in hand. Asked for twice, it leaves once. */
  vacate(): Promise<void> {
    if (this.handle.up) this.#vacated = this.handle.quit();
    return this.#vacated;
  }

  dispose(error: HoldfastError): void {
    this.#refusal = error;
    this.#report?.close();
    // A key that had crashed still holds its place: whoever comes next needs it.
    this.handle.end(bySupervisor);
    this.handle.park(error);
  }

  drain(): void {}

  stats(): void {}

  pending(): number {
    return this.handle.waiting + this.handle.executing + this.handle.unstored;
  }

  kill(by: string): boolean {
    return this.#in.kill(by);
  }

  child(): undefined {
    return undefined;
  }

  /** Its cell is gone: what was executing is settled or goes back to the mailbox; it is not dead, only homeless. */
  lostCell(cause: DeathCause, at: number | undefined): Remains {
    const remains = this.handle.end(cause, at);
    if (this.#place === "up") this.#place = "homeless";
    return remains;
  }

  tree(standing: Standing): TreeNode {
    const cell = this.#place === "up" ? this.#in.cell : undefined;
    const waits = this.#place === "homeless" && !this.#home.cell;
    return keyNode(this, standing, { cell, waits });
  }

  async #move(): Promise<void> {
    const home = this.#home;
    const cell = home.cell!;
    const limit = this.rules.startTimeoutMs;
    this.#moveIn();
    this.#place = "moving";
    this.#report?.restarted("in-place");
    const started = this.handle.begin(cell).then((begun) => {
      if (begun === "ignored") throw mustServe(this.path, "the actor of a key");
    });
    const { incarnation } = this.handle;
    const overtaken = () => this.#place !== "moving" || this.handle.incarnation !== incarnation;
    let late = false;
    try {
      await within(this.context.clock, limit, started, () => {
        late = true;
        const error = new Error(`${this.path}: start() was not done within ${limit} ms (startTimeout)`);
        cell.kill({ kind: "start-failed", error });
        return error;
      });
    } catch (error) {
      if (overtaken()) return;
      // Its own failure, also when that has taken the cell along: else it would do so again in every next cell.
      if (late || home.cell === cell) {
        this.#place = "down";
        throw error;
      }
    }
    if (overtaken()) return;
    if (this.handle.cell === cell) {
      this.#place = "up";
      if (this.#home !== home) void this.#moveOut();
    } else {
      // The cell went under it. The next one may be up already, and will not call again.
      this.#goOn();
    }
  }

  /** Where it lives it is from now on. What a crash left of it where it was ends there. */
  #moveIn(): void {
    if (this.#in === this.#home) return;
    this.handle.end(bySupervisor);
    this.#in.leave(this);
    this.#in = this.#home;
    this.#in.enter(this);
  }

  async #moveOut(): Promise<void> {
    const from = this.#in;
    await leaveInPeace(this, from);
    // It was stopped, or crashed on its way: whoever decided on that sees to its place.
    if (this.#in !== from || (this.#place !== "up" && this.#place !== "homeless")) return;
    if (this.#place === "up") this.context.watches.ended(this, "stopped");
    this.#moveIn();
    this.#goOn();
  }

  #goOn(): void {
    this.#place = "homeless";
    if (this.pending() > 0) this.settle();
  }

  /** It crashed, or could not be rebuilt, while its cell lives. */
  #died(remains: Remains): void {
    this.#place = "down";
    this.#open(remains);
    this.keeper.unitDied(this.name, {
      guilty: remains.guilty || remains.cause.kind === "unstored",
      normal: false,
      error: deathError(this.path, remains.cause),
      decided: (decision) => decidedOn(this.#report, this.handle.own)(decision),
    });
  }

  #open(remains: Remains): void {
    this.#report?.close();
    this.#report = reportDeath(this.context, this.handle, this.#in.isolation, this.#in.host, remains);
  }
}
