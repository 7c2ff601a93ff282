import { describe, expect, it } from "vitest";
import { given } from "./scripted.js";

const abc = { a: {}, b: {}, c: {} };

describe("by hand", () => {
  it("restart of a running child stops it, then starts it, it alone and uncharged", () => {
    const app = given({ strategy: "all-for-one", intensity: { restarts: 0, within: "1h" } }, abc).up();
    expect(app.restart("b")).toEqual(["stop b"]);
    expect(app.restart("b")).toEqual([]);
    expect(app.stopped("b")).toEqual(["start b"]);
    expect(app.restart("b")).toEqual([]);
    expect(app.ready("b")).toEqual([]);
  });

  it("restart of a waiting child does not wait, and forgets its failures", () => {
    const app = given({}, { a: {} }).up();
    app.diesAndReturns("a");
    expect(app.died("a")).toEqual(["wait a 200"]);
    expect(app.restart("a")).toEqual(["cancel-wait a", "start a"]);
    app.ready("a");
    expect(app.died("a")).toEqual(["start a"]);
  });

  it("a stopped child stays down through deaths of others until it is restarted", () => {
    const app = given({ strategy: "all-for-one" }, { a: {}, b: {} }).up();
    app.stopChild("b");
    expect(app.stopped("b")).toEqual(["down b"]);
    expect(app.died("a")).toEqual(["start a"]);
    expect(app.ready("a")).toEqual([]);
    expect(app.restart("b")).toEqual(["start b"]);
  });

  it("stop of a waiting child cancels the wait; of a temporary child forgets it", () => {
    const app = given({}, { a: {}, t: { restart: "temporary" } }).up();
    app.diesAndReturns("a");
    app.died("a");
    expect(app.stopChild("a")).toEqual(["cancel-wait a", "down a"]);
    expect(app.life("a")).toBe("stopped");
    expect(app.stopChild("t")).toEqual(["stop t"]);
    expect(app.stopped("t")).toEqual(["forget t"]);
  });

  it("the last word counts: stop then restart, restart then stop, remove then anything", () => {
    const app = given({}, abc).up();
    app.stopChild("a");
    app.restart("a");
    expect(app.stopped("a")).toEqual(["start a"]);
    app.restart("b");
    app.stopChild("b");
    expect(app.stopped("b")).toEqual(["down b"]);
    app.remove("c");
    app.restart("c");
    app.stopChild("c");
    expect(app.stopped("c")).toEqual(["forget c"]);
  });

  it("stop and remove during a group restart leave the order alone and are heeded at the child's turn", () => {
    const app = given({ strategy: "all-for-one" }, { ...abc, d: {} }).up();
    expect(app.died("d")).toEqual(["stop c"]);
    expect(app.stopChild("a")).toEqual([]);
    expect(app.remove("b")).toEqual([]);
    expect(app.stopped("c")).toEqual(["stop b"]);
    expect(app.stopped("b")).toEqual(["forget b", "stop a"]);
    expect(app.stopped("a")).toEqual(["down a", "start c"]);
    expect(app.ready("c")).toEqual(["start d"]);
    expect(app.life("a")).toBe("stopped");
  });

  it("restart of a child that a group restart was asked to leave down starts it once, not in a loop", () => {
    const app = given({ strategy: "all-for-one" }, abc).up();
    app.stopChild("b");
    expect(app.died("a")).toEqual(["stop c"]);
    app.restart("b");
    expect(app.stopped("b")).toEqual(["start b"]);
    expect(app.ready("b")).toEqual([]);
    expect(app.stopped("c")).toEqual(["start a"]);
    expect(app.ready("a")).toEqual(["start c"]);
  });

  it("restart of a child that a group restart will stop at its turn does not stop it before", () => {
    const app = given({ strategy: "all-for-one" }, abc).up();
    expect(app.died("b")).toEqual(["stop c"]);
    expect(app.restart("a")).toEqual([]);
    expect(app.stopped("c")).toEqual(["stop a"]);
    expect(app.stopped("a")).toEqual(["start a"]);
  });

  it("restart of a waiting child inside a group restart keeps the round's order", () => {
    const app = given({ strategy: "all-for-one" }, abc).up();
    app.died("b");
    app.stopped("c");
    app.stopped("a");
    for (const id of ["a", "b", "c"]) app.ready(id);
    expect(app.died("b")).toEqual(["wait b 200", "stop c"]);
    expect(app.restart("b")).toEqual(["cancel-wait b"]);
    expect(app.stopped("c")).toEqual(["stop a"]);
    expect(app.stopped("a")).toEqual(["start a"]);
    expect(app.ready("a")).toEqual(["start b"]);
  });
});

describe("a restart by hand that fails", () => {
  const once = { intensity: { restarts: 1, within: "1m" } } as const;

  it("parks the child when it goes on failing, and costs its supervisor nothing", () => {
    const app = given({ intensity: { restarts: 0, within: "1m" } }, { a: once, b: {} }).up();
    app.restart("a");
    app.stopped("a");
    expect(app.startFailed("a")).toEqual(["wait a 200"]);
    app.timer("a");
    expect(app.startFailed("a")).toEqual(["quarantined a"]);
    expect(app.lives()).toEqual({ a: "quarantined", b: "running" });
  });

  it("does not forget a child that somebody had added, and that had been up", () => {
    const app = given({}, {}).up();
    app.add("x", once, "forget");
    app.ready("x");
    app.restart("x");
    app.stopped("x");
    expect(app.startFailed("x")).toEqual(["wait x 200"]);
  });
});

describe("dynamic children", () => {
  it("start at once under one-for-one, also while others start, and `up` does not wait for them", () => {
    const app = given({}, abc);
    app.start();
    expect(app.add("x")).toEqual(["start x"]);
    app.ready("a");
    app.ready("b");
    expect(app.ready("c")).toEqual(["up"]);
    expect(app.add("y")).toEqual(["start y"]);
  });

  it.each(["all-for-one", "rest-for-one"] as const)("join the end of a round under %s", (strategy) => {
    const app = given({ strategy }, abc).up();
    app.died("a");
    expect(app.add("x")).toEqual([]);
    app.stopped("c");
    app.stopped("b");
    for (const id of ["a", "b"]) app.ready(id);
    expect(app.ready("c")).toEqual(["start x"]);
    app.ready("x");
    expect(app.died("c")).toEqual(["stop x"]);
  });

  it("back off and are parked when their first start fails over budget; nobody else pays", () => {
    const app = given({ intensity: { restarts: 0, within: "1h" } }, { a: {} }).up();
    app.add("x", { intensity: { restarts: 1, within: "1h" } });
    expect(app.startFailed("x")).toEqual(["wait x 200"]);
    app.timer("x");
    expect(app.startFailed("x")).toEqual(["quarantined x"]);
    expect(app.lives()).toEqual({ a: "running", x: "quarantined" });
  });

  it("free their id when they are gone, not before", () => {
    const app = given({}, { a: {} }).up();
    app.remove("a");
    expect(() => app.add("a")).toThrow('a child named "a" is being removed: wait until it is gone');
    expect(app.stopped("a")).toEqual(["forget a"]);
    expect(app.add("a")).toEqual(["start a"]);
  });
});
