import { describe, expect, it } from "vitest";
import { createActor } from "xstate";
import { getSimplePaths } from "xstate/graph";
import { type ChildState, childStates, type LifeStep, lifeTable } from "../../../src/supervision/life.js";
import { lifeMachine } from "../../../src/supervision/machine.js";
import { given } from "./scripted.js";

/** What must happen to a child, alone under a supervisor, for a step of its life: the events, told to `decide`. */
const happenings: Record<LifeStep, (child: ReturnType<typeof given>, from: ChildState) => void> = {
  start: (app) => app.restart("a"),
  ready: (app) => app.ready("a"),
  drain: (app) => app.drain(),
  stop: (app) => app.stopChild("a"),
  end(app, from) {
    if (from === "starting") app.ignored("a");
    else if (from === "stopping") app.stopped("a");
    else app.died("a", { normal: true });
  },
  "back-off": (app, from) => (from === "starting" ? app.startFailed("a") : app.died("a")),
  // The start that follows the wait is another step: taken back, to stand between the two.
  resume: (app) => app.stopChild("a"),
  park: (app) => app.died("a", { guilty: true }),
};

/** Steps that need a child with another history than a path of steps gives it: their cases are in the tests of `decide`. */
const elsewhere = new Set(["starting park", "running back-off", "draining back-off"]);

const machine = lifeMachine();
const paths = getSimplePaths(machine).filter(({ steps }) => steps.length > 1);

describe("the life machine", () => {
  it("has the table's states and steps, and no others", () => {
    expect(Object.keys(machine.states)).toEqual([...childStates]);
    for (const state of childStates) {
      const actor = createActor(machine, { snapshot: machine.resolveState({ value: state, context: {} }) }).start();
      const can = Object.keys(happenings).filter((type) => actor.getSnapshot().can({ type }));
      expect(can.sort()).toEqual(Object.keys(lifeTable[state]).sort());
    }
  });

  it("has paths to every state", () => {
    const reached = new Set(paths.map(({ state }) => state.value));
    expect([...reached].sort()).toEqual(childStates.filter((state) => state !== "stopped").sort());
    expect(paths.length).toBeGreaterThan(10);
  });

  const walked = paths.map(({ steps }) => steps.map(({ event }) => event.type as LifeStep).slice(1));
  it.each(walked.map((steps) => [steps.join(" ▸ "), steps] as const))("decide walks %s", (_, steps) => {
    // It starts down, backs off at its first fault, and is parked at its first guilty death.
    const never = { restarts: 0, within: "1m" } as const;
    const patient = { initial: 10, healthyAfter: 0 } as const;
    const app = given(
      { mode: "background" },
      { a: { guiltyIntensity: never, restart: "transient", backoff: patient } },
    );
    app.start();
    app.stopChild("a");
    app.stopped("a");
    let at: ChildState = "stopped";
    for (const step of steps) {
      if (elsewhere.has(`${at} ${step}`)) return;
      happenings[step](app, at);
      at = lifeTable[at][step]!;
      expect(app.life("a"), step).toBe(at);
    }
  });
});
