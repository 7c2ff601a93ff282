import { describe, expect, it } from "vitest";
import { given } from "./scripted.js";

const abc = { a: {}, b: {}, c: {} };

describe("the first start", () => {
  it("starts in order, each only when the one before is ready, and says up once", () => {
    const app = given({}, abc);
    expect(app.start()).toEqual(["start a"]);
    expect(app.ready("a")).toEqual(["start b"]);
    expect(app.ready("b")).toEqual(["start c"]);
    expect(app.ready("c")).toEqual(["up"]);
    expect(app.diesAndReturns("a")).toEqual(["start a"]);
    expect(app.start()).toEqual([]);
    expect(app.lives()).toEqual({ a: "running", b: "running", c: "running" });
  });

  it("of no children is up at once", () => {
    expect(given({}, {}).start()).toEqual(["up"]);
  });

  it("refuses two children of one id", () => {
    const app = given({}, abc);
    expect(() => app.add("b")).toThrow('a child named "b" exists already: ids are unique');
    expect(app.start()).toEqual(["start a"]);
    expect(() => app.add("b")).toThrow("ids are unique");
    expect(app.ready("a")).toEqual(["start b"]);
  });

  it("takes children added and removed before it as its own", () => {
    const app = given({}, abc);
    expect(app.add("d")).toEqual([]);
    expect(app.remove("b")).toEqual(["forget b"]);
    expect(app.start()).toEqual(["start a"]);
    expect(app.ready("a")).toEqual(["start c"]);
    expect(app.ready("c")).toEqual(["start d"]);
    expect(app.ready("d")).toEqual(["up"]);
  });

  it("says up although it is told to drain meanwhile: who drains has come up", () => {
    const app = given({}, { a: {}, b: {} });
    app.start();
    app.ready("a");
    app.tell({ type: "drain" });
    expect(app.ready("b")).toEqual(["up"]);
  });

  it("heeds nothing else before it: no restart, stop or timer of a child", () => {
    const app = given({}, abc);
    for (const tell of [app.restart, app.stopChild, app.ready, app.stopped, app.timer, app.died])
      expect(tell("a")).toEqual([]);
    expect(app.lives()).toEqual({ a: "stopped", b: "stopped", c: "stopped" });
  });

  it("is over before it began when told to stop", () => {
    const app = given({}, abc);
    expect(app.stop()).toEqual(["ended stopped"]);
    expect(app.start()).toEqual([]);
  });
});

describe("a failing first start, rollback", () => {
  it("stops what was started in reverse, one after the other, and ends with that start's error", () => {
    const app = given({}, abc);
    app.start();
    app.ready("a");
    app.ready("b");
    expect(app.startFailed("c")).toEqual(["stop b"]);
    expect(app.stopped("b")).toEqual(["stop a"]);
    expect(app.stopped("a")).toEqual(["ended start-failed"]);
    expect(app.last()).toMatchObject([{ error: { message: "c will not start" } }]);
  });

  it.each(["permanent", "transient", "temporary"] as const)("rolls back whatever the restart type: %s", (restart) => {
    const app = given({ overBudget: "quarantine" }, { a: { restart, overBudget: "quarantine" } });
    app.start();
    expect(app.startFailed("a")).toEqual(["ended start-failed"]);
  });

  it("ends at once when the first child of all fails", () => {
    const app = given({}, abc);
    app.start();
    expect(app.startFailed("a")).toEqual(["ended start-failed"]);
  });

  it("waits for an earlier child in back-off only by cancelling it", () => {
    const app = given({}, abc);
    app.start();
    app.ready("a");
    app.diesAndReturns("a");
    expect(app.died("a")).toEqual(["wait a 200"]);
    expect(app.startFailed("b")).toEqual(["cancel-wait a", "ended start-failed"]);
  });

  it("is not what happens to a child that was up before and fails to come back: that is a failed restart", () => {
    const app = given({}, abc);
    app.start();
    app.ready("a");
    expect(app.died("a")).toEqual(["start a"]);
    expect(app.startFailed("a")).toEqual(["wait a 200"]);
    expect(app.phase()).toBe("starting");
  });

  it("says up only when a child that died meanwhile is back", () => {
    const app = given({}, { a: {}, b: {} });
    app.start();
    app.ready("a");
    expect(app.died("a")).toEqual(["start a"]);
    expect(app.ready("b")).toEqual([]);
    expect(app.ready("a")).toEqual(["up"]);
  });

  it("parks nobody before up: an up with a parked child would be a lie", () => {
    const app = given({}, { a: { overBudget: "quarantine", intensity: { restarts: 0, within: "1m" } }, b: {} });
    app.start();
    app.ready("a");
    expect(app.died("a")).toEqual(["stop b"]);
    expect(app.stopped("b")).toEqual(["ended start-failed"]);
    expect(app.last()).toMatchObject([{ error: { code: "Unavailable" } }]);
  });

  it("does not wait for children that somebody stopped or removed, or that ended for good", () => {
    const app = given({}, { a: { restart: "temporary" }, b: {}, c: { restart: "transient" }, d: {}, e: {} });
    app.start();
    app.ready("a");
    expect(app.died("a")).toEqual(["forget a"]);
    app.ready("b");
    app.ready("c");
    expect(app.died("c", { normal: true })).toEqual(["down c"]);
    expect(app.stopChild("b")).toEqual(["stop b"]);
    expect(app.remove("d")).toEqual(["stop d"]);
    expect(app.stopped("d")).toEqual(["forget d", "start e"]);
    expect(app.ready("e")).toEqual(["up"]);
  });
});

describe("after a rollback start", () => {
  it("a child that was stopped before it was ever up, and fails when started by hand, ends nobody", () => {
    const app = given({}, { a: {}, b: {} });
    app.start();
    app.stopChild("a");
    expect(app.stopped("a")).toEqual(["down a", "start b"]);
    expect(app.ready("b")).toEqual(["up"]);
    expect(app.restart("a")).toEqual(["start a"]);
    expect(app.startFailed("a")).toEqual(["wait a 200"]);
  });

  it("a child added while it runs neither rolls it back nor holds it up, failed or parked", () => {
    const app = given({}, { a: {}, b: {} });
    app.start();
    app.add("x", { intensity: { restarts: 1, within: "1m" } });
    expect(app.startFailed("x")).toEqual(["wait x 200"]);
    app.timer("x");
    expect(app.startFailed("x")).toEqual(["quarantined x"]);
    expect(app.ready("a")).toEqual(["start b"]);
    expect(app.ready("b")).toEqual(["up"]);
  });
});

describe("a failing first start, background", () => {
  const background = { mode: "background" } as const;

  it("holds nobody up: the siblings start, up follows the first tries, the failed one backs off", () => {
    const app = given(background, abc);
    expect(app.start()).toEqual(["start a"]);
    expect(app.startFailed("a")).toEqual(["wait a 200", "start b"]);
    expect(app.ready("b")).toEqual(["start c"]);
    expect(app.startFailed("c")).toEqual(["wait c 200", "up"]);
    expect(app.timer("a")).toEqual(["start a"]);
    expect(app.startFailed("a")).toEqual(["wait a 400"]);
    expect(app.timer("c")).toEqual(["start c"]);
    expect(app.ready("c")).toEqual([]);
    expect(app.timer("a")).toEqual(["start a"]);
    expect(app.ready("a")).toEqual([]);
  });

  it("parks the child that is over budget, even where the rules say escalate", () => {
    const intensity = { restarts: 1, within: "1m" } as const;
    const app = given({ ...background, overBudget: "escalate" }, { a: { overBudget: "escalate", intensity }, b: {} });
    app.start();
    expect(app.startFailed("a")).toEqual(["wait a 200", "start b"]);
    expect(app.ready("b")).toEqual(["up"]);
    app.timer("a");
    expect(app.startFailed("a")).toEqual(["quarantined a"]);
    expect(app.lives()).toEqual({ a: "quarantined", b: "running" });
  });

  it("is not charged to the supervisor: any number of absent models leaves the others serving", () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`m${n}`, {}]));
    const app = given({ ...background, intensity: { restarts: 1, within: "1h" } }, { ...many, good: {} });
    app.start();
    for (const id of Object.keys(many)) expect(app.startFailed(id)[0]).toBe(`wait ${id} 200`);
    expect(app.ready("good")).toEqual(["up"]);
  });

  it("is an ordinary failed restart once the child has been up", () => {
    const app = given(background, { a: { intensity: { restarts: 1, within: "1m" } }, b: {} });
    app.up();
    expect(app.died("a")).toEqual(["start a"]);
    expect(app.startFailed("a")).toEqual(["stop b"]);
    expect(app.stopped("b")).toEqual(["ended gave-up"]);
  });

  it("forgets a temporary child: it is never started twice", () => {
    const app = given(background, { a: { restart: "temporary" }, b: {} });
    app.start();
    expect(app.startFailed("a")).toEqual(["forget a", "start b"]);
    expect(app.ready("b")).toEqual(["up"]);
  });

  it.each(["all-for-one", "rest-for-one"] as const)("fells no sibling under %s", (strategy) => {
    const app = given({ ...background, strategy }, abc);
    app.start();
    app.ready("a");
    expect(app.startFailed("b")).toEqual(["wait b 200", "start c"]);
    expect(app.ready("c")).toEqual(["up"]);
    expect(app.timer("b")).toEqual(["start b"]);
    expect(app.startFailed("b")).toEqual(["wait b 400"]);
    expect(app.lives()).toEqual({ a: "running", b: "waiting", c: "running" });
  });
});
