import { describe, expect, it } from "vitest";
import type { Restart, Strategy } from "../../../src/supervision/spec.js";
import { given } from "./scripted.js";

const unlimited = { restarts: Number.POSITIVE_INFINITY, within: "1m" } as const;

type Death = "guilty" | "unknown" | "clean";
const how = { guilty: { guilty: true }, unknown: {}, clean: { normal: true } };

/** a, b, c are up and b, of the given restart type, dies: the actions until everyone is up again. */
function afterDeathOfB(strategy: Strategy, restart: Restart, death: Death): string[] {
  const app = given({ strategy }, { a: {}, b: { restart }, c: {} }).up();
  const seen: string[] = [];
  let actions = app.died("b", how[death]);
  while (actions.length > 0) {
    seen.push(...actions);
    const [type, id] = actions.at(-1)!.split(" ");
    if (type === "start") actions = app.ready(id!);
    else if (type === "stop") actions = app.stopped(id!);
    else break;
  }
  return seen;
}

const alone = ["start b"];
const rest = ["stop c", "start b", "start c"];
const all = ["stop c", "stop a", "start a", "start b", "start c"];

describe("every strategy and restart type", () => {
  it.each<[Strategy, Restart, Death, string[]]>([
    ["one-for-one", "permanent", "unknown", alone],
    ["one-for-one", "permanent", "guilty", alone],
    ["one-for-one", "permanent", "clean", alone],
    ["one-for-one", "transient", "unknown", alone],
    ["one-for-one", "transient", "guilty", alone],
    ["one-for-one", "transient", "clean", ["down b"]],
    ["one-for-one", "temporary", "unknown", ["forget b"]],
    ["one-for-one", "temporary", "guilty", ["forget b"]],
    ["one-for-one", "temporary", "clean", ["forget b"]],
    ["rest-for-one", "permanent", "unknown", rest],
    ["rest-for-one", "permanent", "guilty", rest],
    ["rest-for-one", "permanent", "clean", rest],
    ["rest-for-one", "transient", "unknown", rest],
    ["rest-for-one", "transient", "guilty", rest],
    ["rest-for-one", "transient", "clean", ["down b"]],
    ["rest-for-one", "temporary", "unknown", ["forget b"]],
    ["rest-for-one", "temporary", "guilty", ["forget b"]],
    ["rest-for-one", "temporary", "clean", ["forget b"]],
    ["all-for-one", "permanent", "unknown", all],
    ["all-for-one", "permanent", "guilty", all],
    ["all-for-one", "permanent", "clean", all],
    ["all-for-one", "transient", "unknown", all],
    ["all-for-one", "transient", "guilty", all],
    ["all-for-one", "transient", "clean", ["down b"]],
    ["all-for-one", "temporary", "unknown", ["forget b"]],
    ["all-for-one", "temporary", "guilty", ["forget b"]],
    ["all-for-one", "temporary", "clean", ["forget b"]],
  ])("%s, %s, %s death: %j", (strategy, restart, death, expected) => {
    expect(afterDeathOfB(strategy, restart, death)).toEqual(expected);
  });
});

describe("a group restart", () => {
  it("stops with each child's own shutdown", () => {
    const app = given({ strategy: "all-for-one" }, { a: { shutdown: "brutal" }, b: {}, c: { shutdown: "1s" } }).up();
    app.died("b");
    expect(app.last()).toEqual([{ type: "stop", id: "c", shutdown: 1_000 }]);
    app.stopped("c");
    expect(app.last()).toEqual([{ type: "stop", id: "a", shutdown: "brutal" }]);
  });

  it("costs one, however many it restarts", () => {
    const app = given(
      { strategy: "all-for-one", intensity: { restarts: 2, within: "1h" } },
      { a: {}, b: {}, c: {} },
    ).up();
    for (const dead of ["a", "b"]) {
      app.died(dead);
      for (const id of ["c", "b", "a"]) if (id !== dead) app.stopped(id);
      for (const id of ["a", "b", "c"]) app.ready(id);
      expect(app.lives()).toEqual({ a: "running", b: "running", c: "running" });
    }
    expect(app.died("c")).toEqual(["stop b"]);
    expect(app.phase()).toBe("ending");
  });

  it("forgets temporary siblings instead of starting them twice, and restarts transient ones", () => {
    const app = given(
      { strategy: "all-for-one" },
      { a: { restart: "temporary" }, b: {}, c: { restart: "transient" } },
    ).up();
    expect(app.died("b")).toEqual(["stop c"]);
    expect(app.stopped("c")).toEqual(["stop a"]);
    expect(app.stopped("a")).toEqual(["forget a", "start b"]);
    expect(app.ready("b")).toEqual(["start c"]);
  });

  it("leaves parked and stopped-by-hand siblings down", () => {
    const app = given(
      { strategy: "all-for-one" },
      { a: { overBudget: "quarantine", intensity: { restarts: 0, within: 1 } }, b: {}, c: {} },
    ).up();
    expect(app.died("a")).toEqual(["quarantined a"]);
    app.stopChild("b");
    app.stopped("b");
    expect(app.died("c")).toEqual(["start c"]);
    expect(app.ready("c")).toEqual([]);
    expect(app.lives()).toEqual({ a: "quarantined", b: "stopped", c: "running" });
  });

  it("cancels a sibling's back-off and starts it in its turn", () => {
    const app = given({ strategy: "all-for-one", mode: "background" }, { a: {}, b: {}, c: {} });
    app.start();
    app.ready("a");
    expect(app.startFailed("b")).toEqual(["wait b 200", "start c"]);
    app.ready("c");
    expect(app.died("a")).toEqual(["cancel-wait b", "stop c"]);
    expect(app.timer("b")).toEqual([]);
    expect(app.stopped("c")).toEqual(["start a"]);
    expect(app.ready("a")).toEqual(["start b"]);
    expect(app.ready("b")).toEqual(["start c"]);
  });

  it("waits with the later ones for a failed restart, which keeps those that are up", () => {
    const app = given({ strategy: "all-for-one" }, { a: {}, b: {}, c: {} }).up();
    app.died("c");
    app.stopped("b");
    expect(app.stopped("a")).toEqual(["start a"]);
    expect(app.ready("a")).toEqual(["start b"]);
    expect(app.startFailed("b")).toEqual(["wait b 200"]);
    expect(app.lives()).toEqual({ a: "running", b: "waiting", c: "stopped" });
    expect(app.timer("b")).toEqual(["start b"]);
    expect(app.ready("b")).toEqual(["start c"]);
    expect(app.ready("c")).toEqual([]);
  });

  it("stops the siblings at once while the dead one backs off, and holds its place in the start order", () => {
    const app = given({ strategy: "rest-for-one" }, { a: {}, b: {}, c: {} }).up();
    app.died("b");
    app.stopped("c");
    app.ready("b");
    app.ready("c");
    expect(app.died("b")).toEqual(["wait b 200", "stop c"]);
    expect(app.timer("b")).toEqual([]);
    expect(app.stopped("c")).toEqual(["start b"]);
    app.ready("b");
    app.ready("c");
    expect(app.died("b")).toEqual(["wait b 400", "stop c"]);
    expect(app.stopped("c")).toEqual([]);
    expect(app.timer("b")).toEqual(["start b"]);
    expect(app.ready("b")).toEqual(["start c"]);
  });

  it("goes on past a child that is parked on the way", () => {
    const parks = { overBudget: "quarantine", intensity: { restarts: 1, within: "1m" } } as const;
    const app = given({ strategy: "rest-for-one" }, { a: parks, b: {} }).up();
    app.died("a");
    expect(app.stopped("b")).toEqual(["start a"]);
    expect(app.startFailed("a")).toEqual(["quarantined a", "start b"]);
  });
});

describe("the back-off", () => {
  it("is none for the first restart, then grows, and starts afresh after health", () => {
    const app = given(
      {},
      { a: { intensity: unlimited, backoff: { initial: 100, max: 300, healthyAfter: "10s" } } },
    ).up();
    expect(app.diesAndReturns("a")).toEqual(["start a"]);
    for (const ms of [100, 200, 300]) {
      expect(app.died("a")).toEqual([`wait a ${ms}`]);
      expect(app.timer("a")).toEqual(["start a"]);
      app.ready("a");
    }
    app.later(10_000);
    expect(app.diesAndReturns("a")).toEqual(["start a"]);
    expect(app.died("a")).toEqual(["wait a 100"]);
  });

  it("is jittered by the chance handed in", () => {
    const app = given({ chance: () => 0.5 }, { a: { backoff: { initial: 100, jitter: 0.4 } } }).up();
    app.diesAndReturns("a");
    expect(app.died("a")).toEqual(["wait a 80"]);
  });

  it("does not hold up a child whose death a message is guilty of, and does not grow by it", () => {
    const app = given({}, { a: {} }).up();
    for (let n = 0; n < 10; n++) expect(app.diesAndReturns("a", { guilty: true })).toEqual(["start a"]);
    expect(app.diesAndReturns("a")).toEqual(["start a"]);
    expect(app.died("a")).toEqual(["wait a 200"]);
  });
});
