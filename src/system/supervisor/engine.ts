import { HoldfastError, withoutStack } from "../../errors.js";
import { decide } from "../../supervision/decide.js";
import type { EndReason, SupervisorAction, SupervisorEvent } from "../../supervision/messages.js";
import type { Shutdown, SupervisorRules } from "../../supervision/spec.js";
import { initial, type StartMode, type SupervisorState } from "../../supervision/state.js";
import type { SystemContext } from "../context.js";
import type { Standing, Unit, UnitExit } from "../unit.js";
import type { Child, Inbox } from "./child.js";
import { there } from "./child-info.js";
import { Children, type Supervised } from "./children.js";
import { decisionOf, tellsOfItself } from "./decision-of.js";

/** Who owns an engine and hears of its children. */
export interface EngineOwner {
  readonly path: string;
  /** A child is up again after it was down: pools and keyed groups send mail then. */
  onReady: (unit: Unit) => void;
  /** A child is over its budget and stays down. */
  onParked: (unit: Unit) => void;
  /** A child has ended well, or was stopped by hand, and is down until a restart by hand. */
  onDown: (unit: Unit) => void;
  /** A child has left for good. */
  onForgotten: (unit: Unit) => void;
  /** It ended by itself, after it had been up. `error` is there unless the end was clean. */
  onEnded(error: Error | undefined): void;
}

/**
 * The engine of one supervisor: one inbox, one state, and a loop that performs what `decide` answers. It decides nothing
 * itself. Events that arrive while it performs wait their turn.
 */
export class Engine implements Inbox {
  readonly children: Children;
  readonly #context: SystemContext;
  readonly #owner: EngineOwner;
  readonly #rules: SupervisorRules;
  readonly #inbox: SupervisorEvent[] = [];
  /** The children it was made with, but for those removed by hand: each start is a start of all of them. */
  readonly #written = new Map<string, Supervised>();
  #state: SupervisorState;
  #performing = false;
  #mode: StartMode = "rollback";
  #starting: { resolve(): void; reject(error: Error): void } | undefined;
  #stopping: (() => void) | undefined;

  constructor(context: SystemContext, owner: EngineOwner, rules: SupervisorRules, children: readonly Supervised[]) {
    this.#context = context;
    this.#owner = owner;
    this.#rules = rules;
    this.children = new Children(owner.path, this);
    for (const child of children) {
      this.children.adopt(child);
      this.#written.set(child.id, child);
    }
    this.#state = this.#initial("rollback");
  }

  get path(): string {
    return this.#owner.path;
  }

  get state(): SupervisorState {
    return this.#state;
  }

  /** It can do something for its children: it is up, or on its way. */
  get alive(): boolean {
    return this.#state.phase.kind === "starting" || this.#state.phase.kind === "up";
  }

  start(mode: StartMode): Promise<void> {
    this.#mode = mode;
    this.#state = this.#initial(mode);
    return new Promise((resolve, reject) => {
      this.#starting = { resolve, reject };
      this.post({ type: "start" });
    });
  }

  stop(shutdown: Shutdown): Promise<void> {
    if (shutdown === "brutal") for (const unit of [...this.children.units()]) unit.kill("its supervisor", undefined);
    return new Promise((resolve) => {
      if (this.#state.phase.kind === "ended" || this.#state.phase.kind === "idle") return resolve();
      const before = this.#stopping;
      this.#stopping = () => {
        before?.();
        resolve();
      };
      this.post({ type: "stop" });
    });
  }

  /** Forgets a child for good; one that `decide` does not know (any more) at once. */
  remove(id: string): void {
    this.#written.delete(id);
    this.post({ type: "remove", id });
  }

  standing(id: string): Standing {
    const { reason, starts = 1 } = this.children.eventful(id) ?? {};
    return { state: this.children.get(id)?.life ?? "stopped", reason, restarts: Math.max(0, starts - 1) };
  }

  /** What has happened, to be decided on now or, while a decision is performed, after it. */
  post(event: SupervisorEvent): void {
    this.#inbox.push(event);
    if (this.#performing) return;
    this.#performing = true;
    try {
      for (let next = this.#inbox.shift(); next; next = this.#inbox.shift()) this.#handle(next);
    } finally {
      this.#performing = false;
    }
  }

  unitUp(id: string): void {
    this.children.eventful(id)?.unitUp();
  }

  unitDied(id: string, exit: UnitExit): void {
    this.children.child(id)?.unitDied(exit);
  }

  lives(id: string): boolean {
    return there.has(this.standing(id).state);
  }

  /** Tells listeners where a child stands. */
  changed(id: string): void {
    if (this.#context.events.unheard) return;
    const unit = this.children.unit(id);
    const state = this.children.get(id)?.life;
    if (!unit || !state) return;
    const reason = this.children.eventful(id)?.reason;
    this.#context.events.emit({ type: "life", path: unit.path, state, ...(reason ? { reason } : {}) });
  }

  /**
   * What was written in the tree and has ended since, as temporary children do, comes back with its supervisor, in its
   * place; what was added later follows. Else one that ended with its significant child would come back empty.
   */
  #initial(mode: StartMode): SupervisorState {
    return initial(this.#rules, this.children.reset([...this.#written.values()]), mode, this.children);
  }

  #handle(event: SupervisorEvent): void {
    const id = "id" in event && event.type !== "add" ? event.id : undefined;
    if (id) this.#tellWatchers(event, this.children.unit(id));
    const before = id && this.children.get(id)?.life;
    const { state, actions } = decide(this.#state, event, this.#context.clock.now(), this.#context.chance);
    this.#state = state;
    if (event.type === "died" || event.type === "start-failed") this.#tellDecision(event.id);
    // Who waits for it was answered by its start; whoever asked for it to be up has been heard.
    if (event.type === "ignored") this.children.eventful(event.id)?.isNow("up");
    for (const action of actions) this.#perform(action);
    if (event.type === "ready") this.#isReady(event.id);
    if (event.type === "remove") this.#forgetUnknown(event.id);
    if (!id || this.children.get(id)?.life === before) return;
    if (!actions.some((action) => tellsOfItself(action, id))) this.changed(id);
  }

  /** Before what follows is decided: who watches again hears of the next one. */
  #tellWatchers(event: SupervisorEvent, unit: Unit | undefined): void {
    if (!unit) return;
    const { watches } = this.#context;
    if (event.type === "died" || event.type === "start-failed") watches.ended(unit, "died", event.error.message);
    else if (event.type === "stopped") watches.ended(unit, "stopped");
    else if (event.type === "ignored") watches.ended(unit, "stopped", "its start() answered ignore");
  }

  #isReady(id: string): void {
    const unit = this.children.unit(id);
    if (!unit || this.children.get(id)?.life !== "running") return;
    this.#owner.onReady(unit);
    this.children.eventful(id)?.isNow("up");
    this.children.settle(id);
  }

  /** A child that `decide` does not know, or no more: nobody but the engine forgets it. */
  #forgetUnknown(id: string): void {
    if (this.#state.phase.kind === "ended" || !this.children.has(id)) this.#perform({ type: "forget", id });
  }

  #perform(action: SupervisorAction): void {
    const child = "id" in action ? this.#childFor(action) : undefined;
    switch (action.type) {
      case "start":
        void child!.start(this.#mode);
        return;
      case "stop":
        void child!.stop(action.shutdown);
        return;
      case "wait":
        child!.wait(this.#context, action.ms);
        return;
      case "cancel-wait":
        child!.cancelWait();
        return;
      case "drain":
        this.children.unit(action.id)!.drain();
        // Who is down, or on its way, is told to take nothing more; where it stands is no news.
        if (this.children.get(action.id)?.life === "draining") this.changed(action.id);
        return;
      case "down":
        child!.isDown(new HoldfastError("ActorStopped", `${child!.unit.path} is down until it is restarted by hand`));
        this.#owner.onDown(child!.unit);
        return;
      case "forget":
        if (!child) return;
        this.children.forget(action.id);
        child.isDown(hasEnded(child.unit.path));
        this.#owner.onForgotten(child.unit);
        return;
      case "up":
        this.#starting?.resolve();
        this.#starting = undefined;
        return;
      case "quarantined": {
        const { error } = action;
        const known = error instanceof HoldfastError;
        child!.isParked(known ? error : new HoldfastError("Unavailable", error.message, { cause: error }));
        this.#owner.onParked(child!.unit);
        return;
      }
      case "ended":
        this.#ended(action.reason, action.error);
        return;
      default:
        action satisfies never;
    }
  }

  /** A drain says nothing of it that is to be remembered. */
  #childFor({ type, id }: Extract<SupervisorAction, { id: string }>): Child | undefined {
    return type === "drain" ? undefined : this.children.child(id);
  }

  #ended(reason: EndReason, error: Error | undefined): void {
    const { path } = this.#owner;
    const over = new HoldfastError("ActorStopped", `${path} has ended`, error ? { cause: error } : {});
    for (const { name } of [...this.children.units()]) {
      const child = this.children.eventful(name);
      child?.cancelWait();
      child?.isNow("down", over);
    }
    this.#stopping?.();
    this.#stopping = undefined;
    const starting = this.#starting;
    this.#starting = undefined;
    if (starting) starting.reject(error ?? new HoldfastError("ActorStopped", `${path} was stopped while it started`));
    else if (reason !== "stopped") this.#owner.onEnded(error);
  }

  #tellDecision(id: string): void {
    const { exit } = this.children.eventful(id) ?? {};
    exit?.decided(decisionOf(this.children.get(id), this.#state.phase, this.#stopping !== undefined));
  }
}

/** For whoever still sends to it. Thousands may end at once, and where they were forgotten says nothing. */
function hasEnded(path: string): HoldfastError {
  return withoutStack(() => new HoldfastError("ActorStopped", `${path} has ended and is not started again`));
}
