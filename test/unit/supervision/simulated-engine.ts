import { seededChance } from "../../../src/clock.js";
import { decide, initial } from "../../../src/supervision/decide.js";
import type { SupervisorAction, SupervisorEvent } from "../../../src/supervision/messages.js";
import type { SupervisorRules } from "../../../src/supervision/spec.js";
import type { NamedRules, StartMode, SupervisorState } from "../../../src/supervision/state.js";

type Host = "booting" | "up" | "stopping";

/** Life in the state, as it must follow from what is really there. */
const lifeOf: Record<Host, string[]> = { booting: ["starting"], up: ["running", "draining"], stopping: ["stopping"] };

export interface Setup {
  readonly rules: SupervisorRules;
  readonly children: readonly NamedRules[];
  readonly mode: StartMode;
  readonly seed: number;
}

export interface Logged {
  readonly event: SupervisorEvent;
  readonly now: number;
  readonly actions: readonly SupervisorAction[];
}

/**
 * The smallest engine that can be: hosts and timers are entries in two tables. It performs what it is told and throws
 * where that cannot be done (a second start without an end between, a stop of nothing, anything after `ended`).
 */
export class SimulatedEngine {
  readonly hosts = new Map<string, Host>();
  readonly timers = new Set<string>();
  readonly log: Logged[] = [];
  /** Every child that has ever been ready. */
  readonly everReady = new Set<string>();
  ended: SupervisorAction | undefined;
  ups = 0;
  now = 0;
  state: SupervisorState;
  /** Called before each action is performed. */
  watch: (action: SupervisorAction) => void = () => {};
  readonly #chance: () => number;

  constructor(setup: Setup) {
    this.state = initial(setup.rules, setup.children, setup.mode);
    this.#chance = seededChance(setup.seed);
  }

  ids(host: Host): string[] {
    return [...this.hosts].filter(([, is]) => is === host).map(([id]) => id);
  }

  tell(event: SupervisorEvent): void {
    const wasEnded = this.ended !== undefined;
    const { state, actions } = decide(this.state, event, this.now, this.#chance);
    this.state = state;
    this.log.push({ event, now: this.now, actions });
    if (wasEnded && actions.length > 0) throw new Error(`after ended: ${JSON.stringify(actions)}`);
    for (const action of actions) {
      this.watch(action);
      this.#perform(action);
    }
    this.#compare();
  }

  ready(id: string): void {
    this.hosts.set(id, "up");
    this.everReady.add(id);
    this.tell({ type: "ready", id });
  }

  /** The child's one end, told as a stop's answer, a failed start or a death. */
  down(id: string, how: "stopped" | "start-failed" | "ignored" | "died", guilty = false, normal = false): void {
    this.hosts.delete(id);
    const error = new Error(`${id} ${how}`);
    if (how === "died") this.tell({ type: how, id, guilty, normal, error });
    else this.tell(how === "start-failed" ? { type: how, id, error } : { type: how, id });
  }

  fire(id: string): void {
    this.timers.delete(id);
    this.tell({ type: "timer", id });
  }

  /** Everything that was asked for succeeds, until nothing is asked any more. */
  settle(): void {
    for (let step = 0; step < 10_000; step++) {
      const [stopping] = this.ids("stopping");
      const [booting] = this.ids("booting");
      const [timer] = this.timers;
      if (stopping !== undefined) this.down(stopping, "stopped");
      else if (booting !== undefined) this.ready(booting);
      else if (timer !== undefined) this.fire(timer);
      else return;
    }
    throw new Error("never comes to rest");
  }

  #perform(action: SupervisorAction): void {
    const must = (holds: boolean, what: string) => {
      if (!holds) throw new Error(`${JSON.stringify(action)}: ${what}`);
    };
    switch (action.type) {
      case "start":
        must(!this.hosts.has(action.id) && !this.timers.has(action.id), "is there already, or waits");
        this.hosts.set(action.id, "booting");
        return;
      case "stop":
        must(["booting", "up"].includes(this.hosts.get(action.id) ?? ""), "nothing there to stop");
        this.hosts.set(action.id, "stopping");
        return;
      case "wait":
        must(!this.hosts.has(action.id) && !this.timers.has(action.id), "is there, or waits already");
        must(action.ms > 0 && Number.isFinite(action.ms), "not a wait");
        this.timers.add(action.id);
        return;
      case "cancel-wait":
        must(this.timers.delete(action.id), "does not wait");
        return;
      case "drain":
        return;
      case "down":
      case "forget":
      case "quarantined":
        must(!this.hosts.has(action.id) && !this.timers.has(action.id), "is not down");
        return;
      case "up":
        must(++this.ups === 1, "a second time");
        return;
      case "ended":
        must(this.hosts.size === 0 && this.timers.size === 0, "somebody is not down");
        this.ended = action;
        return;
    }
  }

  /** What the state says of each child is what is there, and nobody is there of whom it says nothing. */
  #compare(): void {
    for (const [id, { life }] of this.state.children) {
      const host = this.hosts.get(id);
      const expected = host ? lifeOf[host] : this.timers.has(id) ? ["waiting"] : ["stopped", "quarantined"];
      if (!expected.includes(life)) throw new Error(`${id} is ${life} in the state, ${expected.join("/")} in truth`);
    }
    for (const id of [...this.hosts.keys(), ...this.timers]) {
      if (!this.state.children.has(id)) throw new Error(`${id} is there and forgotten`);
    }
  }
}
