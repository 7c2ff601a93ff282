import type { Chance } from "../../../src/clock.js";
import { seededChance } from "../../../src/clock.js";
import { decide, initial } from "../../../src/supervision/decide.js";
import type { SupervisorAction, SupervisorEvent } from "../../../src/supervision/messages.js";
import type { ChildOptions, SupervisorOptions, SupervisorRules } from "../../../src/supervision/spec.js";
import { childRules, supervisorRules } from "../../../src/supervision/spec.js";
import type { NamedRules, StartMode } from "../../../src/supervision/state.js";

/** One action as a short text: `start a`, `wait a 200`, `ended gave-up`. Tests read as given / when / then. */
export function text(action: SupervisorAction): string {
  switch (action.type) {
    case "wait":
      return `wait ${action.id} ${action.ms}`;
    case "up":
      return "up";
    case "ended":
      return `ended ${action.reason}`;
    default:
      return `${action.type} ${action.id}`;
  }
}

/** No jitter unless a test asks for it: pauses are then whole numbers. */
export function named(id: string, options: ChildOptions = {}): NamedRules {
  return { id, rules: childRules({ ...options, backoff: { jitter: 0, ...options.backoff } }, `app.${id}`) };
}

export type Given = SupervisorOptions & { mode?: StartMode; chance?: Chance; order?: SupervisorRules["order"] };

/** A supervisor under a script: each method tells it one event and returns the actions as texts. */
export function given(options: Given, children: Record<string, ChildOptions>) {
  let state = initial(
    supervisorRules(options, "app", { order: options.order ?? "kept" }),
    Object.entries(children).map(([id, child]) => named(id, child)),
    options.mode ?? "rollback",
  );
  const chance = options.chance ?? seededChance(1);
  let now = 1_000;
  let last: SupervisorAction[] = [];
  const tell = (event: SupervisorEvent): string[] => {
    const decided = decide(state, event, now, chance);
    state = decided.state;
    last = decided.actions;
    return last.map(text);
  };
  const died = (id: string, how: { guilty?: boolean; normal?: boolean } = {}) =>
    tell({ type: "died", id, guilty: false, normal: false, error: new Error(`${id} fell`), ...how });
  return {
    tell,
    died,
    start: () => tell({ type: "start" }),
    ready: (id: string) => tell({ type: "ready", id }),
    startFailed: (id: string) => tell({ type: "start-failed", id, error: new Error(`${id} will not start`) }),
    stopped: (id: string) => tell({ type: "stopped", id }),
    timer: (id: string) => tell({ type: "timer", id }),
    ignored: (id: string) => tell({ type: "ignored", id }),
    drain: () => tell({ type: "drain" }),
    add: (id: string, child: ChildOptions = {}, onFailedStart: "retry" | "forget" = "retry") =>
      tell({ type: "add", ...named(id, child), onFailedStart }),
    remove: (id: string) => tell({ type: "remove", id }),
    restart: (id: string) => tell({ type: "restart", id }),
    stopChild: (id: string) => tell({ type: "stop-child", id }),
    stop: () => tell({ type: "stop" }),
    /** Starts all and makes each ready in turn. */
    up() {
      tell({ type: "start" });
      for (const id of Object.keys(children)) tell({ type: "ready", id });
      return this;
    },
    /** It dies and, where it is started again at once, is ready. */
    diesAndReturns(id: string, how: { guilty?: boolean } = {}) {
      const actions = died(id, how);
      if (actions.includes(`start ${id}`)) tell({ type: "ready", id });
      return actions;
    },
    later(ms: number) {
      now += ms;
    },
    lives: () => Object.fromEntries([...state.children].map(([id, child]) => [id, child.life])),
    life: (id: string) => state.children.get(id)?.life ?? "gone",
    phase: () => state.phase.kind,
    /** The last event's actions in full. */
    last: () => last,
  };
}
