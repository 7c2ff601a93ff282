import type { Target } from "../actor/ref.js";
import type { Timer } from "../clock.js";
import { HoldfastError, toError } from "../errors.js";
import { decide } from "../supervision/decide.js";
import type { SupervisorAction, SupervisorEvent } from "../supervision/messages.js";
import type { ChildRules, Shutdown, SupervisorRules } from "../supervision/spec.js";
import { initial, type StartMode, type SupervisorState } from "../supervision/state.js";
import type { SystemContext } from "./context.js";
import { decisionOf, tellsOfItself } from "./decision-of.js";
import { notAnActor } from "./not-an-actor.js";
import type { TreeNode } from "./tree.js";
import type { Standing, Unit, UnitExit } from "./unit.js";

/** A child and the rules it is supervised by. */
export interface Supervised {
  readonly rules: ChildRules;
  readonly unit: Unit;
}

/** What the engine keeps beside what `decide` knows. */
interface Child extends Supervised {
  /** Why it is not running, for people. */
  reason: string | undefined;
  starts: number;
  /** There while a start is under way. */
  start: ReturnType<Unit["start"]> | undefined;
  /** Its back-off. */
  timer: Timer | undefined;
  /** Its latest death. */
  exit: UnitExit | undefined;
}

/**
 * The engine under every supervisor: one inbox, one state, and a loop that performs what `decide` answers. It decides
 * nothing itself. Events that arrive while it performs wait their turn.
 */
export class Supervisor implements Unit {
  readonly name: string;
  readonly path: string;
  readonly target: Target;
  onExit: (exit: UnitExit) => void = () => {};
  /** A child is up again after it was down: pools and keyed groups send mail then. */
  onReady: (unit: Unit) => void = () => {};
  /** A child is over its budget and stays down. */
  onParked: (unit: Unit) => void = () => {};
  /** A child has left for good. */
  onForgotten: (unit: Unit) => void = () => {};
  readonly #context: SystemContext;
  readonly #rules: SupervisorRules;
  readonly #children = new Map<string, Child>();
  readonly #inbox: SupervisorEvent[] = [];
  #state: SupervisorState;
  #performing = false;
  #mode: StartMode = "rollback";
  #starting: { resolve(): void; reject(error: Error): void } | undefined;
  #stopping: (() => void) | undefined;

  constructor(
    context: SystemContext,
    name: string,
    path: string,
    rules: SupervisorRules,
    children: readonly Supervised[],
  ) {
    this.#context = context;
    this.name = name;
    this.path = path;
    this.#rules = rules;
    this.target = notAnActor(path);
    for (const child of children) this.#adopt(child);
    this.#state = this.#initial("rollback");
  }

  start(mode: StartMode): Promise<void> {
    this.#mode = mode;
    this.#state = this.#initial(mode);
    return new Promise((resolve, reject) => {
      this.#starting = { resolve, reject };
      this.#post({ type: "start" });
    });
  }

  stop(shutdown: Shutdown): Promise<void> {
    if (shutdown === "brutal") for (const { unit } of this.#children.values()) unit.kill("its supervisor", undefined);
    return new Promise((resolve) => {
      if (this.#state.phase.kind === "ended" || this.#state.phase.kind === "idle") return resolve();
      const before = this.#stopping;
      this.#stopping = () => {
        before?.();
        resolve();
      };
      this.#post({ type: "stop" });
    });
  }

  dispose(error: HoldfastError): void {
    for (const { unit } of this.#children.values()) unit.dispose(error);
  }

  drain(): void {
    for (const { unit } of this.#children.values()) unit.drain();
  }

  pending(): number {
    let sum = 0;
    for (const { unit } of this.#children.values()) sum += unit.pending();
    return sum;
  }

  /** A child more: started at once, or with the next start when this one is ending. @throws InvalidSpec: the id is taken */
  add(child: Supervised): void {
    this.#adopt(child);
    const { kind } = this.#state.phase;
    if (kind !== "ending" && kind !== "ended") this.#post({ type: "add", rules: child.rules });
  }

  remove(id: string): void {
    const { phase, children } = this.#state;
    if (phase.kind !== "ended" && children.has(id)) this.#post({ type: "remove", id });
    else this.#perform({ type: "forget", id });
  }

  restart(id: string): void {
    this.#post({ type: "restart", id });
  }

  child(name: string): Unit | undefined {
    return this.#children.get(name)?.unit;
  }

  units(): Unit[] {
    return Array.from(this.#children.values(), ({ unit }) => unit);
  }

  /** A kill of a supervisor kills what it supervises; each child's death is then decided as any other. */
  kill(by: string, key: string | undefined): boolean {
    return this.units().filter((unit) => unit.kill(by, key)).length > 0;
  }

  standing(id: string): Standing {
    const { reason, starts = 1 } = this.#children.get(id) ?? {};
    return { state: this.#state.children.get(id)?.life ?? "stopped", reason, restarts: Math.max(0, starts - 1) };
  }

  tree({ state, reason, restarts }: Standing): TreeNode {
    const children = this.units().map((unit) => unit.tree(this.standing(unit.name)));
    const { path, name } = this;
    return { path, name, kind: "supervisor", state, restarts, children, ...(reason ? { reason } : {}) };
  }

  #initial(mode: StartMode): SupervisorState {
    const rules = [...this.#children.values()].map((child) => child.rules);
    return initial(this.#rules, rules, mode);
  }

  #adopt({ unit, rules }: Supervised): void {
    const { id } = rules;
    if (this.#children.has(id)) throw new HoldfastError("InvalidSpec", `${this.path} has a child "${id}" already`);
    const blank = { reason: undefined, start: undefined, timer: undefined, exit: undefined };
    const child: Child = { unit, rules, starts: 0, ...blank };
    this.#children.set(id, child);
    unit.onExit = (exit) => {
      // Only what has started can die: it may do so before its start was heard of, and then both are told in order.
      if (child.start) this.#ready(id, child);
      child.exit = exit;
      child.reason = exit.error.message;
      const { guilty, normal, error } = exit;
      this.#post({ type: "died", id, guilty, normal, error });
    };
  }

  #post(event: SupervisorEvent): void {
    this.#inbox.push(event);
    if (this.#performing) return;
    this.#performing = true;
    try {
      for (let next = this.#inbox.shift(); next; next = this.#inbox.shift()) this.#handle(next);
    } finally {
      this.#performing = false;
    }
  }

  #handle(event: SupervisorEvent): void {
    const before = "id" in event ? this.#state.children.get(event.id)?.life : undefined;
    const { state, actions } = decide(this.#state, event, this.#context.clock.now(), this.#context.chance);
    this.#state = state;
    if (event.type === "died" || event.type === "start-failed") this.#tellDecision(event.id);
    for (const action of actions) this.#perform(action);
    if (!("id" in event) || this.#state.children.get(event.id)?.life === before) return;
    if (!actions.some((action) => tellsOfItself(action, event.id))) this.#emit(event.id);
  }

  #perform(action: SupervisorAction): void {
    switch (action.type) {
      case "start":
        void this.#start(action.id, this.#children.get(action.id)!);
        return;
      case "stop":
        void this.#stop(action.id, this.#children.get(action.id)!, action.shutdown);
        return;
      case "wait": {
        const { id, ms } = action;
        this.#children.get(id)!.timer = this.#context.clock.after(ms, () => this.#post({ type: "timer", id }));
        return;
      }
      case "cancel-wait":
        this.#children.get(action.id)?.timer?.cancel();
        return;
      case "forget": {
        const unit = this.#children.get(action.id)?.unit;
        this.#children.delete(action.id);
        if (!unit) return;
        unit.dispose(new HoldfastError("ActorStopped", `${unit.path} has ended and is not started again`));
        this.onForgotten(unit);
        return;
      }
      case "up":
        this.#starting?.resolve();
        this.#starting = undefined;
        return;
      case "quarantined": {
        const child = this.#children.get(action.id)!;
        const { unit } = child;
        const { error } = action;
        child.reason = error.message;
        const known = error instanceof HoldfastError;
        unit.dispose(known ? error : new HoldfastError("Unavailable", error.message, { cause: error }));
        this.onParked(unit);
        return;
      }
      case "ended":
        this.#ended(action.reason, action.error);
        return;
      default:
        action satisfies never;
    }
  }

  async #start(id: string, child: Child): Promise<void> {
    child.starts++;
    this.#emit(id);
    const start = child.unit.start(this.#mode);
    child.start = start;
    let failure: Error | undefined;
    try {
      await start;
    } catch (thrown) {
      failure = toError(thrown);
    }
    // Once it was told to stop, "stopped" is the one answer; the start's own would be taken for the next start's.
    if (child.start !== start) return;
    if (!failure) return this.#ready(id, child);
    child.start = undefined;
    child.reason = failure.message;
    this.#post({ type: "start-failed", id, error: failure });
  }

  #ready(id: string, child: Child): void {
    child.start = undefined;
    child.reason = undefined;
    this.#post({ type: "ready", id });
    this.onReady(child.unit);
  }

  async #stop(id: string, child: Child, shutdown: Shutdown): Promise<void> {
    const { start } = child;
    child.start = undefined;
    this.#emit(id);
    await child.unit.stop(shutdown);
    await start?.catch(() => {});
    this.#post({ type: "stopped", id });
  }

  #ended(reason: "stopped" | "gave-up" | "start-failed", error: Error | undefined): void {
    for (const child of this.#children.values()) child.timer?.cancel();
    this.#stopping?.();
    this.#stopping = undefined;
    if (this.#starting) {
      this.#starting.reject(error ?? new HoldfastError("ActorStopped", `${this.path} was stopped while it started`));
      this.#starting = undefined;
    } else if (reason !== "stopped") {
      this.onExit({ guilty: false, normal: false, error: error!, decided: () => {} });
    }
  }

  #tellDecision(id: string): void {
    const child = this.#children.get(id);
    const { children, phase } = this.#state;
    child?.exit?.decided(decisionOf(children.get(id)?.life, phase, this.#stopping !== undefined));
  }

  #emit(id: string): void {
    const child = this.#children.get(id);
    const state = this.#state.children.get(id)?.life;
    if (!child || !state) return;
    const { unit, reason } = child;
    this.#context.events.emit({ type: "life", path: unit.path, state, ...(reason ? { reason } : {}) });
  }
}
