import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededChance } from "../../../src/clock.js";
import { decide, initial } from "../../../src/supervision/decide.js";
import type { SupervisorAction } from "../../../src/supervision/messages.js";
import { childRules, supervisorRules } from "../../../src/supervision/spec.js";
import { anything, many, noHands, run, setup, take } from "./scenarios.js";
import type { Setup } from "./simulated-engine.js";
import { SimulatedEngine } from "./simulated-engine.js";

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
            goal === "up"
              ? ["up", expect.stringMatching(/running|draining/)]
              : ["down", expect.stringMatching(/stopped|quarantined/)],
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
        const kept = made.rules.order === "kept";
        engine.watch = (action) => {
          if (action.type === "stop" && kept) {
            // Without hands only rounds stop children, and each of them takes everybody behind a child.
            for (const later of order.slice(order.indexOf(action.id) + 1))
              expect([later, engine.hosts.get(later)]).toEqual([later, undefined]);
          }
          if (action.type === "start" && made.mode === "rollback" && !engine.everReady.has(action.id)) {
            for (const earlier of order.slice(0, order.indexOf(action.id))) {
              const there = engine.state.children.get(earlier);
              // Forgotten, or its start answered that there is nothing to run.
              expect(engine.everReady.has(earlier) || there === undefined || there.goal === "down").toBe(true);
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
      children: [{ id: "a", rules: childRules({}, "app.a") }],
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
    const children = Array.from({ length: 10_000 }, (_, n) => ({
      id: `c${n}`,
      rules: childRules({ backoff: { initial: 0 } }, `app.c${n}`),
    }));
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
    expect(tell({ type: "add", onFailedStart: "retry", id: "new", rules: childRules({}, "app.new") })).toEqual([
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
