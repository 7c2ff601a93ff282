import fc from "fast-check";
import type { ChildOptions } from "../../../src/supervision/spec.js";
import { childRules, supervisorRules } from "../../../src/supervision/spec.js";
import type { Setup } from "./simulated-engine.js";
import { SimulatedEngine } from "./simulated-engine.js";

/*
 * Random supervisors, and random things that happen to them: what hosts do, what hands do, and what is late or double.
 */

export const budget = fc.record({
  restarts: fc.constantFrom(0, 1, 2, 5, Number.POSITIVE_INFINITY),
  within: fc.constantFrom(1, 50, 1_000),
});

export const child: fc.Arbitrary<ChildOptions> = fc.record({
  restart: fc.constantFrom("permanent", "permanent", "transient", "temporary"),
  intensity: budget,
  guiltyIntensity: budget,
  overBudget: fc.constantFrom(undefined, "escalate", "quarantine"),
  backoff: fc.record({
    initial: fc.constantFrom(0, 10),
    jitter: fc.constantFrom(0, 0.5),
    healthyAfter: fc.constantFrom(1, 100),
  }),
  significant: fc.boolean(),
});

const strategy = fc.constantFrom("one-for-one" as const, "all-for-one" as const, "rest-for-one" as const);

/** A dynamic supervisor keeps no order and has one strategy. */
const kind = fc.oneof(
  { weight: 4, arbitrary: fc.record({ order: fc.constant("kept" as const), strategy }) },
  { weight: 1, arbitrary: fc.constant({ order: "none" as const, strategy: "one-for-one" as const }) },
);

export const setup: fc.Arbitrary<Setup> = fc
  .record({
    kind,
    intensity: budget,
    autoShutdown: fc.constantFrom("never", "never", "any-significant", "all-significant"),
    children: fc.array(child, { maxLength: 5 }),
    mode: fc.constantFrom("rollback" as const, "background" as const),
    seed: fc.integer(),
  })
  .map(({ kind: { order, strategy: chosen }, intensity, autoShutdown, children, mode, seed }) => ({
    rules: supervisorRules({ strategy: chosen, intensity, autoShutdown }, "app", { order }),
    children: children.map((options, n) => {
      const significant = options.significant && autoShutdown !== "never" && options.restart !== "permanent";
      return { id: `c${n}`, rules: childRules({ ...options, significant }, `app.c${n}`) };
    }),
    mode,
    seed,
  }));

const hostSteps = [
  "ready",
  "ready",
  "ready",
  "fails",
  "ignored",
  "dies",
  "dies",
  "guilty",
  "clean",
  "stopped",
  "stopped",
  "timer",
  "time",
] as const;
const handSteps = ["add", "remove", "restart", "stop-child", "drain"] as const;
const straySteps = ["late-ready", "stray-timer", "double-died", "stray-stopped", "double-start", "crossing"] as const;

export type Step = { what: (typeof hostSteps | typeof handSteps | typeof straySteps)[number]; pick: number };

/** fast-check's own choice would seldom go past 18 steps, which is too short to fill a budget. */
const steps = (...what: Step["what"][]): fc.Arbitrary<Step[]> =>
  fc.array(fc.record({ what: fc.constantFrom(...what), pick: fc.nat(1_000) }), { maxLength: 80, size: "max" });

/** Does `act` to the picked one of `ids`, if there are any. */
function toOne(ids: readonly string[], pick: number, act: (id: string) => void): void {
  const id = ids[pick % ids.length];
  if (id !== undefined) act(id);
}

function byHand(type: "remove" | "restart" | "stop-child") {
  return (engine: SimulatedEngine, pick: number) =>
    toOne([...engine.state.children.keys()], pick, (id) => engine.tell({ type, id }));
}

function dies(guilty: boolean, normal: boolean) {
  return (engine: SimulatedEngine, pick: number) =>
    toOne(engine.ids("up"), pick, (id) => engine.down(id, "died", guilty, normal));
}

/** An event about a child of which it cannot be true: late, or double. */
function untrue(
  type: "ready" | "timer" | "stopped" | "died",
  except: (engine: SimulatedEngine, id: string) => boolean,
) {
  return (engine: SimulatedEngine, pick: number) => {
    const ids = [...engine.state.children.keys()].filter((id) => !except(engine, id));
    const death = { guilty: false, normal: false, error: new Error("again") };
    toOne(ids, pick, (id) => engine.tell(type === "died" ? { type, id, ...death } : { type, id }));
  };
}

const taking: Record<Step["what"], (engine: SimulatedEngine, pick: number) => void> = {
  ready: (engine, pick) => toOne(engine.ids("booting"), pick, (id) => engine.ready(id)),
  fails: (engine, pick) => toOne(engine.ids("booting"), pick, (id) => engine.down(id, "start-failed")),
  ignored: (engine, pick) => toOne(engine.ids("booting"), pick, (id) => engine.down(id, "ignored")),
  dies: dies(false, false),
  guilty: dies(true, false),
  clean: dies(false, true),
  stopped: (engine, pick) => toOne(engine.ids("stopping"), pick, (id) => engine.down(id, "stopped")),
  timer: (engine, pick) => toOne([...engine.timers], pick, (id) => engine.fire(id)),
  time: (engine, pick) => {
    // The budgets' windows are 1, 50 and 1,000 ms long: their edges are met often.
    engine.now += [1, 49, 50, 950, 1_000, pick % 200][pick % 6]!;
  },
  add: (engine, pick) => {
    const id = `x${pick % 7}`;
    const rules = childRules({ restart: pick % 2 ? "permanent" : "temporary" }, `app.${id}`);
    if (!engine.state.children.has(id))
      engine.tell({ type: "add", id, rules, onFailedStart: pick % 3 ? "retry" : "forget" });
  },
  remove: byHand("remove"),
  restart: byHand("restart"),
  "stop-child": byHand("stop-child"),
  drain: (engine) => engine.tell({ type: "drain" }),
  "late-ready": untrue("ready", (engine, id) => engine.hosts.get(id) === "booting"),
  "stray-timer": untrue("timer", (engine, id) => engine.timers.has(id)),
  "stray-stopped": untrue("stopped", (engine, id) => engine.hosts.get(id) === "stopping"),
  "double-died": untrue("died", (engine, id) => ["up", "stopping"].includes(engine.hosts.get(id) ?? "")),
  "double-start": (engine) => engine.tell({ type: "start" }),
  crossing: (engine, pick) => {
    const how = (["died", "start-failed", "ignored"] as const)[pick % 3]!;
    toOne(engine.ids("stopping"), pick, (id) => engine.down(id, how, pick % 4 === 0, pick % 5 === 0));
  },
};

export function take(engine: SimulatedEngine, { what, pick }: Step): void {
  taking[what](engine, pick);
}

export function run(made: Setup, taken: readonly Step[], engine = new SimulatedEngine(made)): SimulatedEngine {
  engine.tell({ type: "start" });
  for (const step of taken) take(engine, step);
  return engine;
}

export const anything = steps(...hostSteps, ...hostSteps, ...handSteps, ...straySteps);
export const noHands = steps(...hostSteps, ...straySteps);
export const many = { numRuns: 1_500 };
