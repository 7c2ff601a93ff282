import type { Target } from "../../actor/ref.js";
import { HoldfastError } from "../../errors.js";
import { noMail } from "../../mailbox/mail-stats.js";
import { Tally } from "../../mailbox/tally.js";
import type { Preset } from "../../supervision/presets.js";
import type { Shutdown, SupervisorRules } from "../../supervision/spec.js";
import { type ChildRecord, refuseSignificant, type StartMode } from "../../supervision/state.js";
import type { SystemContext } from "../context.js";
import type { OpenReport } from "../death/death-log.js";
import { decidedOn } from "../death/report-death.js";
import type { Holdable } from "../hold.js";
import { notAnActor, takesNoMore } from "../not-an-actor.js";
import { refOf } from "../ref-of.js";
import type { PlannedRestart, UnitStats } from "../stats.js";
import type { TreeNode } from "../tree.js";
import { type Keeper, type LoadedSpec, noKeeper, type Standing, type Unit } from "../unit.js";
import { unitStats } from "../unit-stats.js";
import { type ChildInfo, childInfo } from "./child-info.js";
import type { Supervised } from "./children.js";
import { Engine, type EngineOwner } from "./engine.js";
import { endedByItself, supervisorDied } from "./supervisor-death.js";

export type { Supervised };

/** A supervisor as one unit of the tree: what it supervises is started, stopped, drained and listed through it. */
export class Supervisor implements Unit, EngineOwner {
  readonly kind = "supervisor";
  readonly name: string;
  readonly path: string;
  readonly target: Target;
  /** Whose defaults hold for children that are added. */
  readonly preset: Preset;
  keeper: Keeper = noKeeper;
  record: ChildRecord | undefined;
  onReady: (unit: Unit) => void = () => {};
  onParked: (unit: Unit) => void = () => {};
  onDown: (unit: Unit) => void = () => {};
  onForgotten: (unit: Unit) => void = (unit) => this.#takeOver(unit);
  /** Of children that were removed, and what is its own. */
  readonly tally: Tally;
  /** Its restarts, and what was sent to children that are gone. */
  readonly own: Tally;
  readonly #context: SystemContext;
  readonly #rules: SupervisorRules;
  readonly #engine: Engine;
  #starts = 0;
  #draining = false;
  /** Of its latest death, until it serves again. */
  #report: OpenReport | undefined;

  constructor(
    context: SystemContext,
    name: string,
    path: string,
    rules: SupervisorRules,
    children: readonly Supervised[],
    preset: Preset = "server",
  ) {
    this.preset = preset;
    this.#context = context;
    this.tally = new Tally(context.meter);
    this.own = new Tally(context.meter, this.tally);
    this.name = name;
    this.path = path;
    this.#rules = rules;
    this.target = notAnActor(path);
    this.#engine = new Engine(context, this, rules, children);
  }

  async start(mode: StartMode): Promise<void> {
    this.#starts++;
    this.#report?.restarted("in-place");
    const started = this.#engine.start(mode);
    // One that had ended, and is written in the tree, has come back.
    if (this.#starts > 1) for (const { tally } of this.units()) tally?.isBack();
    await started;
    this.#report?.warmed(false);
  }

  stop(shutdown: Shutdown): Promise<void> {
    return this.#engine.stop(shutdown);
  }

  dispose(error: HoldfastError): void {
    this.#report?.close();
    for (const unit of this.units()) unit.dispose(error);
  }

  drain(): void {
    this.#draining = true;
    if (this.#engine.alive) this.#engine.post({ type: "drain" });
    else for (const unit of this.units()) unit.drain();
  }

  get hold(): Holdable {
    return {
      pause: (by) => {
        for (const { hold } of this.units()) hold?.pause(by);
      },
      paused: this.units().some(({ hold }) => hold?.paused),
      resume: () => this.units().filter(({ hold }) => hold?.resume()).length > 0,
    };
  }

  pending(): number {
    let sum = 0;
    for (const unit of this.#engine.children.units()) sum += unit.pending();
    return sum;
  }

  /** A child more: started at once, or with the next start when this one is ending. @throws InvalidSpec: the id is taken */
  addMember(child: Supervised): void {
    this.#engine.children.adopt(child);
    const { kind } = this.#engine.state.phase;
    if (kind === "ending" || kind === "ended") return;
    const { id, rules } = child;
    this.#engine.post({ type: "add", id, rules, onFailedStart: "retry" });
  }

  /**
   * A child more, for somebody who waits for it: resolves when it is up, or has answered that there is nothing to run.
   * One that cannot start is gone again.
   * @throws HoldfastError why it is not up; InvalidSpec: the name is taken, or its rules do not fit here; Unavailable: this
   * supervisor is down; Draining: the system stops
   */
  async startChild(name: string, spec: LoadedSpec, tally?: Tally): Promise<Unit> {
    if (!this.#engine.alive) throw this.#isDown();
    if (this.#draining) this.refuseMore();
    const { preset } = this;
    const path = `${this.path}/${name}`;
    const rules = spec.rules(path, preset);
    refuseSignificant(this.#rules, name, rules);
    const unit = spec.create(this.#context, { name, path, rules, preset, tally });
    const up = this.#engine.children.adopt({ id: name, rules, unit }).until("up");
    this.#engine.post({ type: "add", id: name, rules, onFailedStart: "forget" });
    try {
      await up;
    } catch (refused) {
      // Its supervisor may have ended meanwhile, and would start it again, unknown to whoever was refused.
      if (this.child(name) === unit) this.removeMember(name);
      throw refused;
    }
    return unit;
  }

  /** The doors are closed: a child that came now would open one. */
  protected refuseMore(): void {
    throw takesNoMore(this.path);
  }

  /** Stops it if need be and forgets it; `onForgotten` tells when. */
  removeMember(id: string): void {
    this.#engine.remove(id);
  }

  /** Resolves when it runs again; rejects when it is parked, stopped or removed instead. */
  restart(id: string): Promise<void> {
    if (this.#engine.alive && isAnew(this.#engine.children.get(id))) this.#isPlanned(id, "hand");
    return this.#ask("restart", id, "up");
  }

  /** A planned restart of a child that runs. */
  recycle(id: string, why: PlannedRestart): boolean {
    if (this.standing(id).state !== "running") return false;
    this.#isPlanned(id, why);
    this.#engine.post({ type: "recycle", id });
    return true;
  }

  /** Stops a child and leaves it down until a restart by hand; resolves when it is down. */
  terminateChild(id: string): Promise<void> {
    const { life, goal } = this.#engine.children.get(id) ?? {};
    const isDown = goal !== "up" && (life === "stopped" || life === "quarantined");
    return isDown ? Promise.resolve() : this.#ask("stop-child", id, "down");
  }

  /** Stops a child if need be and forgets it; resolves when it is gone. */
  deleteChild(id: string): Promise<void> {
    const gone = this.#engine.children.child(id)?.until("down");
    this.#engine.remove(id);
    return gone ?? Promise.resolve();
  }

  /** Its children's, by name. */
  ref(): unknown {
    return Object.fromEntries(this.units().map((unit) => [unit.name, refOf(unit)]));
  }

  child(name: string): Unit | undefined {
    return this.#engine.children.unit(name);
  }

  get size(): number {
    return this.#engine.children.count;
  }

  units(): Unit[] {
    return [...this.#engine.children.units()];
  }

  list(): ChildInfo[] {
    return this.units().map((unit) => this.info(unit.name)!);
  }

  info(name: string): ChildInfo | undefined {
    const unit = this.#engine.children.unit(name);
    return unit && childInfo(unit, this.#engine.children.rules(name)!, this.standing(name));
  }

  /** A kill of a supervisor kills what it supervises; each child's death is then decided as any other. */
  kill(by: string, key: string | undefined): boolean {
    return this.units().filter((unit) => unit.kill(by, key)).length > 0;
  }

  standing(id: string): Standing {
    return this.#engine.standing(id);
  }

  tree({ state, reason, restarts }: Standing): TreeNode {
    const children = this.units().map((unit) => unit.tree(this.standing(unit.name)));
    const { path, name, kind } = this;
    return { path, name, kind, state, restarts, children, ...(reason ? { reason } : {}) };
  }

  stats(list: UnitStats[]): void {
    const { path, kind, tally, own } = this;
    list.push(unitStats(tally, { path, kind, now: this.#context.clock.now(), mail: noMail, own }));
    for (const unit of this.#engine.children.units()) unit.stats(list);
  }

  /** What a child that is forgotten had counted, and all below it, goes on counting here. */
  #takeOver(unit: Unit): void {
    if (unit.tally) this.tally.takeOver(unit.tally, this.own);
    if (unit instanceof Supervisor) for (const below of unit.units()) this.#takeOver(below);
  }

  onEnded(error: Error | undefined): void {
    if (!error) {
      this.keeper.unitDied(this.name, endedByItself(this.path));
      return;
    }
    const report = supervisorDied(this.#context, this.path, this.#starts, error);
    this.#report = report;
    this.keeper.unitDied(this.name, {
      guilty: false,
      normal: false,
      error,
      decided: decidedOn(report, this.own),
    });
  }

  #ask(type: "restart" | "stop-child", id: string, wants: "up" | "down"): Promise<void> {
    const child = this.#engine.alive ? this.#engine.children.child(id) : undefined;
    if (!child) return Promise.reject(this.#isDown());
    const done = child.until(wants);
    this.#engine.post({ type, id });
    return done;
  }

  #isPlanned(id: string, why: PlannedRestart): void {
    const unit = this.child(id);
    (unit?.own ?? unit?.tally)?.restartsAsPlanned(why);
  }

  #isDown(): HoldfastError {
    return new HoldfastError("Unavailable", `${this.path} is not running: restart it first, app.tree() shows why`);
  }
}

/** Whether a restart by hand is one more. One that is on its way up, or waits for that after a death, is only waited for. */
function isAnew(child: ChildRecord | undefined): boolean {
  if (!child || child.goal === "gone" || child.life === "starting" || child.life === "waiting") return false;
  return child.life !== "stopping" || child.goal === "down";
}
