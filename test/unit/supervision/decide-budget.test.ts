import { describe, expect, it } from "vitest";
import { given } from "./scripted.js";

const twice = { restarts: 2, within: "1m" } as const;
const noPause = { initial: 0 } as const;

describe("whose budget pays", () => {
  it("an escalating child over its budget takes the supervisor down, in reverse, with a reason that says what to do", () => {
    const app = given({}, { a: {}, b: { intensity: twice, backoff: noPause }, c: {} }).up();
    app.diesAndReturns("b");
    app.diesAndReturns("b");
    expect(app.died("b")).toEqual(["stop c"]);
    expect(app.stopped("c")).toEqual(["stop a"]);
    expect(app.stopped("a")).toEqual(["ended gave-up"]);
    expect(app.last()).toMatchObject([
      { error: { code: "GaveUp", cause: { message: "b fell" }, details: { id: "b", restarts: 2, withinMs: 60_000 } } },
    ]);
    const [{ error }] = app.last() as unknown as [{ error: Error }];
    expect(error.message).toContain('child "b" is over its budget of 2 restarts within 60000 ms');
    expect(error.message).toContain('overBudget: "quarantine"');
  });

  it("a quarantining child over its budget is parked alone; its siblings go on", () => {
    const app = given({}, { a: {}, b: { intensity: twice, overBudget: "quarantine", backoff: noPause } }).up();
    app.diesAndReturns("b");
    app.diesAndReturns("b");
    expect(app.died("b")).toEqual(["quarantined b"]);
    expect(app.last()).toMatchObject([{ error: { code: "Unavailable", cause: { message: "b fell" } } }]);
    expect(app.lives()).toEqual({ a: "running", b: "quarantined" });
    expect(app.diesAndReturns("a")).toEqual(["start a"]);
  });

  it("one bad child does not use up what its siblings need: with equal budgets the supervisor's survives it", () => {
    const app = given(
      { intensity: twice, overBudget: "quarantine" },
      { a: {}, b: { intensity: twice, backoff: noPause } },
    ).up();
    app.diesAndReturns("b");
    app.diesAndReturns("b");
    expect(app.died("b")).toEqual(["quarantined b"]);
    expect(app.phase()).toBe("up");
  });

  it("the supervisor's own budget adds the children up, and over it there is only giving up", () => {
    const app = given({ intensity: twice, overBudget: "quarantine" }, { a: {}, b: {}, c: {} }).up();
    app.diesAndReturns("a");
    app.diesAndReturns("b");
    expect(app.died("c")).toEqual(["stop b"]);
    expect(app.stopped("b")).toEqual(["stop a"]);
    expect(app.stopped("a")).toEqual(["ended gave-up"]);
    const [{ error }] = app.last() as unknown as [{ error: Error }];
    expect(error.message).toContain("the supervisor is over its budget of 2 restarts within 60000 ms");
  });

  it("the window slides, and is inclusive at its edge", () => {
    const app = given(
      {},
      { a: { intensity: { restarts: 1, within: 1_000 }, overBudget: "quarantine", backoff: noPause } },
    ).up();
    app.diesAndReturns("a");
    app.later(1_001);
    expect(app.diesAndReturns("a")).toEqual(["start a"]);
    app.later(1_000);
    expect(app.died("a")).toEqual(["quarantined a"]);
  });

  it("failed restarts are charged like deaths, to the child and to the supervisor", () => {
    const child = given({}, { a: { intensity: twice, overBudget: "quarantine" } }).up();
    expect(child.died("a")).toEqual(["start a"]);
    expect(child.startFailed("a")).toEqual(["wait a 200"]);
    expect(child.timer("a")).toEqual(["start a"]);
    expect(child.startFailed("a")).toEqual(["quarantined a"]);

    const supervisor = given({ intensity: twice, overBudget: "quarantine" }, { a: {} }).up();
    supervisor.died("a");
    supervisor.startFailed("a");
    supervisor.timer("a");
    expect(supervisor.startFailed("a")).toEqual(["ended gave-up"]);
  });

  it("the child's word on overBudget goes before the supervisor's", () => {
    const once = { restarts: 0, within: "1m" } as const;
    expect(
      given({ overBudget: "quarantine" }, { a: { intensity: once } })
        .up()
        .died("a"),
    ).toEqual(["quarantined a"]);
    expect(
      given({ overBudget: "quarantine" }, { a: { intensity: once, overBudget: "escalate" } })
        .up()
        .died("a"),
    ).toEqual(["ended gave-up"]);
    expect(
      given({ overBudget: "escalate" }, { a: { intensity: once, overBudget: "quarantine" } })
        .up()
        .died("a"),
    ).toEqual(["quarantined a"]);
  });
});

describe("deaths that a message is guilty of", () => {
  it("leave the child's budget of unknown deaths and the supervisor's untouched", () => {
    const app = given(
      { intensity: { restarts: 0, within: "1h" } },
      { a: { intensity: { restarts: 0, within: "1h" } }, b: {} },
    ).up();
    for (let n = 0; n < 50; n++) expect(app.diesAndReturns("a", { guilty: true })).toEqual(["start a"]);
    expect(app.died("a")).toEqual(["stop b"]);
  });

  it("have their own budget per child", () => {
    const app = given(
      {},
      { a: { guiltyIntensity: twice, overBudget: "escalate" }, b: { guiltyIntensity: twice } },
    ).up();
    app.diesAndReturns("a", { guilty: true });
    app.diesAndReturns("b", { guilty: true });
    app.diesAndReturns("a", { guilty: true });
    app.diesAndReturns("b", { guilty: true });
    expect(app.phase()).toBe("up");
    expect(app.died("a", { guilty: true })).toEqual(["stop b"]);
    expect(app.stopped("b")).toEqual(["ended gave-up"]);
  });

  it("park the child where nobody chose: bad input alone cannot take healthy siblings down", () => {
    const app = given({}, { a: {}, b: {} }).up();
    for (let n = 0; n < 1_000; n++) expect(app.diesAndReturns("a", { guilty: true })).toEqual(["start a"]);
    expect(app.died("a", { guilty: true })).toEqual(["quarantined a"]);
    expect(app.lives()).toEqual({ a: "quarantined", b: "running" });
    const [{ error }] = app.last() as unknown as [{ error: Error }];
    expect(error.message).toContain("more deaths charged to its messages than its budget of 1000 restarts");
  });
});

describe("a child parked by quarantine", () => {
  const parked = () => {
    const app = given({}, { a: { intensity: { restarts: 1, within: "1h" }, overBudget: "quarantine" }, b: {} }).up();
    app.diesAndReturns("a");
    expect(app.died("a")).toEqual(["quarantined a"]);
    return app;
  };

  it("comes back by hand with a clean history", () => {
    const app = parked();
    expect(app.restart("a")).toEqual(["start a"]);
    app.ready("a");
    expect(app.diesAndReturns("a")).toEqual(["start a"]);
    expect(app.died("a")).toEqual(["quarantined a"]);
  });

  it("can be removed, and is not stopped again at the end", () => {
    const removed = parked();
    expect(removed.remove("a")).toEqual(["forget a"]);
    const app = parked();
    expect(app.stop()).toEqual(["stop b"]);
    expect(app.stopped("b")).toEqual(["ended stopped"]);
    expect(app.life("a")).toBe("quarantined");
  });

  it("does not answer late timers, deaths or readies", () => {
    const app = parked();
    for (const tell of [app.timer, app.died, app.ready, app.stopped, app.startFailed]) expect(tell("a")).toEqual([]);
    expect(app.life("a")).toBe("quarantined");
  });
});
