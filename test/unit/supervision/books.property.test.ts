import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { childRules, supervisorRules } from "../../../src/supervision/spec.js";
import { AutoShutdownBook } from "./auto-shutdown-book.js";
import { BudgetBook } from "./budget-book.js";
import { DownBook } from "./down-book.js";
import { EndOrderBook } from "./end-order-book.js";
import { anything, many, run, setup, take } from "./scenarios.js";
import { type Witness, WitnessedEngine } from "./witnessed-engine.js";

/** Any supervisor, anything before a stop and anything after it, under a witness's eyes. */
function witnessed(make: () => Witness): void {
  fc.assert(
    fc.property(setup, anything, anything, (made, before, after) => {
      const engine = new WitnessedEngine(made, [make()]);
      run(made, before, engine);
      engine.tell({ type: "stop" });
      for (const step of after) take(engine, step);
      engine.settle();
    }),
    many,
  );
}

describe("for any sequence of events, a book kept by hand agrees", () => {
  it("that a budget is exceeded exactly when there were more charges in its window than it allows", () => {
    witnessed(() => new BudgetBook());
  });

  it("that who is parked, stopped by hand, removed or temporary and ended does not start", () => {
    witnessed(() => new DownBook());
  });

  it("that a supervisor ends with its significant children exactly when it is told to, and for nobody else's end", () => {
    witnessed(() => new AutoShutdownBook());
  });

  it("that an ending supervisor stops one child at a time, the last started first", () => {
    witnessed(() => new EndOrderBook());
  });
});

describe("a witness notices what it is there to notice", () => {
  const made = {
    rules: supervisorRules({ intensity: { restarts: 1, within: 100 } }, "app"),
    children: [
      { id: "a", rules: childRules({ intensity: { restarts: 0, within: 100 }, overBudget: "quarantine" }, "app.a") },
    ],
    mode: "rollback" as const,
    seed: 1,
  };
  const parked = (witness: Witness) => {
    const engine = new WitnessedEngine(made, [witness]);
    engine.tell({ type: "start" });
    engine.ready("a");
    return engine;
  };

  it("a child that is restarted over its budget", () => {
    const engine = parked(new BudgetBook());
    // As if its allowance were another one than its rules say.
    const child = engine.state.children.get("a")!;
    engine.state.children.set("a", { ...child, unknown: [], rules: { ...child.rules, overBudget: "escalate" } });
    const book = new BudgetBook();
    const death = { type: "died", id: "a", guilty: false, normal: false, error: new Error("fell") } as const;
    const before = { event: death, now: 0, mode: "rollback", phase: "up", id: "a", child, toStop: false } as const;
    expect(() => book.decided(before, [{ type: "start", id: "a" }], engine.state)).toThrow("the book says quarantined");
  });

  it("a parked child that starts again", () => {
    const engine = parked(new DownBook());
    engine.down("a", "died");
    const child = engine.state.children.get("a")!;
    expect(child.life).toBe("quarantined");
    engine.state.children.set("a", { ...child, goal: "up", life: "waiting" });
    engine.timers.add("a");
    expect(() => engine.fire("a")).toThrow("a is started, and it is parked");
  });

  it("a child that is stopped before one that was started after it", () => {
    const book = new EndOrderBook();
    const two = { ...made, children: [...made.children, { id: "b", rules: childRules({}, "app.b") }] };
    const engine = new WitnessedEngine(two, []);
    run(two, [], engine);
    engine.ready("a");
    engine.ready("b");
    engine.tell({ type: "stop" });
    const before = {
      event: { type: "stop" },
      now: 0,
      mode: "rollback",
      phase: "up",
      id: undefined,
      child: undefined,
    } as const;
    const wrong = [{ type: "stop", id: "a", shutdown: 1 }] as const;
    expect(() => book.decided({ ...before, toStop: false }, wrong, engine.state)).toThrow("b, started after it, is");
  });
});
