import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededChance } from "../../../src/clock.js";
import { decide, initial } from "../../../src/supervision/decide.js";
import type { SupervisorAction } from "../../../src/supervision/messages.js";
import type { ChildOptions } from "../../../src/supervision/spec.js";
import { childRules, supervisorRules } from "../../../src/supervision/spec.js";
import type { Setup } from "./simulated-engine.js";
import { SimulatedEngine } from "./simulated-engine.js";

const budget = fc.record({
  restarts: fc.constantFrom(0, 1, 2, 5, Number.POSITIVE_INFINITY),
  within: fc.constantFrom(1, 50, 1_000),
});

const child: fc.Arbitrary<ChildOptions> = fc.record({
  restart: fc.constantFrom("permanent", "permanent", "transient", "temporary"),
  intensity: budget,
  guiltyIntensity: budget,
  overBudget: fc.constantFrom(undefined, "escalate", "quarantine"),
  backoff: fc.record({
    initial: fc.constantFrom(0, 10),
    jitter: fc.constantFrom(0, 0.5),
    healthyAfter: fc.constantFrom(1, 100),
  }),
});

const setup: fc.Arbitrary<Setup> = fc
  .record({
    strategy: fc.constantFrom("one-for-one" as const, "all-for-one" as const, "rest-for-one" as const),
    intensity: budget,
    children: fc.array(child, { maxLength: 5 }),
    mode: fc.constantFrom("rollback" as const, "background" as const),
    seed: fc.integer(),
  })
  .map(({ strategy, intensity, children, mode, seed }) => ({
    rules: supervisorRules({ strategy, intensity }, "app"),
    children: children.map((options, n) => childRules(`c${n}`, options, `app.c${n}`)),
    mode,
    seed,
  }));

const hostSteps = [
  "ready",
  "ready",
  "ready",
  "fails",
  "dies",
  "dies",
  "guilty",
  "clean",
  "stopped",
  "stopped",
  "timer",
  "time",
] as const;
const handSteps = ["add", "remove", "restart", "stop-child"] as const;
const straySteps = ["late-ready", "stray-timer", "double-died", "stray-stopped", "double-start", "crossing"] as const;

type Step = { what: (typeof hostSteps | typeof handSteps | typeof straySteps)[number]; pick: number };

const steps = (...what: Step["what"][]): fc.Arbitrary<Step[]> =>
  fc.array(fc.record({ what: fc.constantFrom(...what), pick: fc.nat(1_000) }), { maxLength: 80 });

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
  dies: dies(false, false),
  guilty: dies(true, false),
  clean: dies(false, true),
  stopped: (engine, pick) => toOne(engine.ids("stopping"), pick, (id) => engine.down(id, "stopped")),
  timer: (engine, pick) => toOne([...engine.timers], pick, (id) => engine.fire(id)),
  time: (engine, pick) => {
    engine.now += pick / 5;
  },
  add: (engine, pick) => {
    const id = `x${pick % 7}`;
    const rules = childRules(id, { restart: pick % 2 ? "permanent" : "temporary" }, `app.${id}`);
    if (!engine.state.children.has(id))
      engine.tell({ type: "add", rules, onFailedStart: pick % 3 ? "retry" : "forget" });
  },
  remove: byHand("remove"),
  restart: byHand("restart"),
  "stop-child": byHand("stop-child"),
  "late-ready": untrue("ready", (engine, id) => engine.hosts.get(id) === "booting"),
  "stray-timer": untrue("timer", (engine, id) => engine.timers.has(id)),
  "stray-stopped": untrue("stopped", (engine, id) => engine.hosts.get(id) === "stopping"),
  "double-died": untrue("died", (engine, id) => ["up", "stopping"].includes(engine.hosts.get(id) ?? "")),
  "double-start": (engine) => engine.tell({ type: "start" }),
  crossing: (engine, pick) => {
    const how = pick % 2 ? "died" : "start-failed";
    toOne(engine.ids("stopping"), pick, (id) => engine.down(id, how, pick % 3 === 0, pick % 5 === 0));
  },
};

function take(engine: SimulatedEngine, { what, pick }: Step): void {
  taking[what](engine, pick);
}

function run(made: Setup, taken: readonly Step[], engine = new SimulatedEngine(made)): SimulatedEngine {
  engine.tell({ type: "start" });
  for (const step of taken) take(engine, step);
  return engine;
}

const anything = steps(...hostSteps, ...hostSteps, ...handSteps, ...straySteps);
const noHands = steps(...hostSteps, ...straySteps);
const many = { numRuns: 1_500 };

describe("for any sequence of events", () => {
  it("stop always ends, with every child down, and nothing is done after that", () => {
    fc.assert(
      fc.property(setup, anything, anything, (made, before, after) => {
        const engine = run(made, before);
        engine.tell({ type: "stop" });
        for (const step of after) take(engine, step);
        engine.settle();
        expect(engine.ended).toBeDefined();
        expect(engine.state.phase.kind).toBe("ended");
        for (const step of after) take(engine, step);
      }),
      many,
    );
  });

  it("nobody is left behind: when every start succeeds from now on, all that should run do, and up has been said", () => {
    fc.assert(
      fc.property(setup, anything, (made, taken) => {
        const engine = run(made, taken);
        engine.settle();
        if (engine.ended) return;
        expect(engine.ups).toBe(1);
        expect(engine.state.round).toBeUndefined();
        for (const { goal, life } of engine.state.children.values()) {
          expect([goal, life]).toEqual(
            goal === "up" ? ["up", "running"] : ["down", expect.stringMatching(/stopped|quarantined/)],
          );
        }
      }),
      many,
    );
  });

  it("children stop only when all after them that are to stop are down, and the first start keeps its order", () => {
    fc.assert(
      fc.property(setup, noHands, fc.boolean(), (made, taken, thenStop) => {
        const engine = new SimulatedEngine(made);
        const order = made.children.map(({ id }) => id);
        engine.watch = (action) => {
          if (action.type === "stop") {
            // Without hands only rounds stop children, and each of them takes everybody behind a child.
            for (const later of order.slice(order.indexOf(action.id) + 1))
              expect([later, engine.hosts.get(later)]).toEqual([later, undefined]);
          }
          if (action.type === "start" && made.mode === "rollback" && !engine.everReady.has(action.id)) {
            for (const earlier of order.slice(0, order.indexOf(action.id))) {
              expect(engine.everReady.has(earlier) || !engine.state.children.has(earlier)).toBe(true);
            }
          }
          if (action.type === "start" && made.mode === "rollback" && made.rules.strategy !== "one-for-one") {
            // A group comes up in order: whoever is supervised and stands before runs already.
            for (const earlier of order.slice(0, order.indexOf(action.id))) {
              const goal = engine.state.children.get(earlier)?.goal;
              expect([earlier, goal === "up" ? engine.hosts.get(earlier) : "up"]).toEqual([earlier, "up"]);
            }
          }
        };
        run(made, taken, engine);
        if (thenStop) engine.tell({ type: "stop" });
        engine.settle();
      }),
      many,
    );
  });

  it("the same events, times and seed give the same actions again", () => {
    fc.assert(
      fc.property(setup, anything, (made, taken) => {
        const { log } = run(made, taken);
        const chance = seededChance(made.seed);
        let state = initial(made.rules, made.children, made.mode);
        const again = log.map(({ event, now }) => {
          const decided = decide(state, event, now, chance);
          state = decided.state;
          return decided.actions;
        });
        expect(again.map(plain)).toEqual(log.map(({ actions }) => plain(actions)));
      }),
      { numRuns: 300 },
    );
  });

  it("the simulation notices what it is there to notice: a second start without an end between", () => {
    const made: Setup = {
      rules: supervisorRules({}, "app"),
      children: [childRules("a", {}, "app.a")],
      mode: "rollback",
      seed: 1,
    };
    const engine = run(made, []);
    engine.state = initial(made.rules, made.children, made.mode);
    expect(() => engine.tell({ type: "start" })).toThrow("is there already");
  });
});

describe("ten thousand children", () => {
  it("cost one event as few steps as ten do: no event about one child walks the others", () => {
    const children = Array.from({ length: 10_000 }, (_, n) =>
      childRules(`c${n}`, { backoff: { initial: 0 } }, `app.c${n}`),
    );
    const engine = new SimulatedEngine({
      rules: supervisorRules({ intensity: { restarts: Number.POSITIVE_INFINITY, within: 1 } }, "app"),
      children,
      mode: "rollback",
      seed: 1,
    });
    let { state } = engine;
    const chance = seededChance(1);
    const tell = (event: Parameters<typeof decide>[1]): readonly SupervisorAction[] => {
      const decided = decide(state, event, 0, chance);
      state = decided.state;
      return decided.actions;
    };
    tell({ type: "start" });
    for (const { id } of children) tell({ type: "ready", id });
    expect(state.phase.kind).toBe("up");
    // Walking the table is made impossible; each event must find its child by name.
    const walks = ["keys", "values", "entries", "forEach", Symbol.iterator] as const;
    for (const walk of walks) {
      Object.defineProperty(state.children, walk, {
        configurable: true,
        value: () => {
          throw new Error("walked all children");
        },
      });
    }
    const error = new Error("fell");
    expect(tell({ type: "died", id: "c5000", guilty: false, normal: false, error })).toEqual([
      { type: "start", id: "c5000" },
    ]);
    expect(tell({ type: "start-failed", id: "c5000", error })).toEqual([{ type: "start", id: "c5000" }]);
    expect(tell({ type: "ready", id: "c5000" })).toEqual([]);
    expect(tell({ type: "stop-child", id: "c7" })).toMatchObject([{ type: "stop", id: "c7" }]);
    expect(tell({ type: "stopped", id: "c7" })).toEqual([{ type: "down", id: "c7" }]);
    expect(tell({ type: "restart", id: "c7" })).toEqual([{ type: "start", id: "c7" }]);
    expect(tell({ type: "add", onFailedStart: "retry", rules: childRules("new", {}, "app.new") })).toEqual([
      { type: "start", id: "new" },
    ]);
    expect(tell({ type: "remove", id: "c9" })).toMatchObject([{ type: "stop", id: "c9" }]);
    expect(tell({ type: "stopped", id: "c9" })).toEqual([{ type: "forget", id: "c9" }]);
    expect(() => tell({ type: "stop" })).toThrow("walked all children");
  });
});

/** Errors compared by text: they are made anew. */
function plain(actions: readonly SupervisorAction[]): unknown[] {
  return actions.map((action) => ("error" in action ? { ...action, error: String(action.error) } : action));
}
