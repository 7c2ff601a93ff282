import { describe, expect, it } from "vitest";
import { given } from "./scripted.js";

const abc = { a: {}, b: {}, c: {} };

describe("stop", () => {
  it("stops all in reverse, one after the other, then has ended, and says nothing more", () => {
    const app = given({}, abc).up();
    expect(app.stop()).toEqual(["stop c"]);
    expect(app.stopped("c")).toEqual(["stop b"]);
    expect(app.stopped("b")).toEqual(["stop a"]);
    expect(app.stopped("a")).toEqual(["ended stopped"]);
    for (const tell of [app.ready, app.died, app.stopped, app.timer, app.restart, app.remove, app.stopChild, app.add]) {
      expect(tell("a")).toEqual([]);
    }
    expect(app.stop()).toEqual([]);
    expect(app.start()).toEqual([]);
  });

  it("during a start stops the starting child too, and starts no other", () => {
    const app = given({}, abc);
    app.start();
    app.ready("a");
    expect(app.stop()).toEqual(["stop b"]);
    expect(app.ready("b")).toEqual([]);
    expect(app.stopped("b")).toEqual(["stop a"]);
    expect(app.stopped("a")).toEqual(["ended stopped"]);
  });

  it("during a start that fails at that moment takes the failure as the end", () => {
    const app = given({}, abc);
    app.start();
    app.ready("a");
    app.stop();
    expect(app.startFailed("b")).toEqual(["stop a"]);
    expect(app.stopped("b")).toEqual([]);
    expect(app.stopped("a")).toEqual(["ended stopped"]);
  });

  it("cancels back-offs at once, and a timer that was already on its way starts nobody", () => {
    const app = given({}, { a: {}, b: {} }).up();
    app.diesAndReturns("a");
    expect(app.died("a")).toEqual(["wait a 200"]);
    expect(app.stop()).toEqual(["cancel-wait a", "stop b"]);
    expect(app.timer("a")).toEqual([]);
    expect(app.stopped("b")).toEqual(["ended stopped"]);
  });

  it("in the midst of a group restart takes over what is left of it", () => {
    const app = given({ strategy: "all-for-one" }, { ...abc, d: {} }).up();
    expect(app.died("b")).toEqual(["stop d"]);
    expect(app.stop()).toEqual([]);
    expect(app.stopped("d")).toEqual(["stop c"]);
    expect(app.stopped("c")).toEqual(["stop a"]);
    expect(app.stopped("a")).toEqual(["ended stopped"]);
  });

  it("takes deaths on the way as ends, uncharged and unrestarted", () => {
    const app = given({ intensity: { restarts: 0, within: "1h" } }, abc).up();
    app.stop();
    expect(app.died("a")).toEqual([]);
    expect(app.died("c")).toEqual(["stop b"]);
    expect(app.stopped("b")).toEqual(["ended stopped"]);
  });

  it("answers a child added after it with forget", () => {
    const app = given({}, { a: {} }).up();
    app.stop();
    expect(app.add("late")).toEqual(["forget late"]);
    expect(app.stopped("a")).toEqual(["ended stopped"]);
  });

  it("a second time, or while giving up, changes neither order nor reason", () => {
    const app = given({ intensity: { restarts: 0, within: "1h" } }, abc).up();
    expect(app.died("c")).toEqual(["stop b"]);
    expect(app.stop()).toEqual([]);
    expect(app.stopped("b")).toEqual(["stop a"]);
    expect(app.stop()).toEqual([]);
    expect(app.stopped("a")).toEqual(["ended gave-up"]);
  });

  it("waits for a child that was already being stopped by hand", () => {
    const app = given({}, abc).up();
    expect(app.stopChild("b")).toEqual(["stop b"]);
    expect(app.stop()).toEqual(["stop c"]);
    expect(app.stopped("c")).toEqual([]);
    expect(app.stopped("b")).toEqual(["stop a"]);
    expect(app.stopped("a")).toEqual(["ended stopped"]);
  });
});

describe("a death of an earlier child while a later one is starting", () => {
  it("one-for-one: it alone comes back, the start goes on", () => {
    const app = given({}, abc);
    app.start();
    app.ready("a");
    expect(app.died("a")).toEqual(["start a"]);
    expect(app.ready("b")).toEqual(["start c"]);
    expect(app.ready("c")).toEqual([]);
    expect(app.ready("a")).toEqual(["up"]);
  });

  it.each(["all-for-one", "rest-for-one"] as const)(
    "%s: the starting one is stopped, then all start in order",
    (strategy) => {
      const app = given({ strategy }, abc);
      app.start();
      app.ready("a");
      expect(app.died("a")).toEqual(["stop b"]);
      expect(app.ready("b")).toEqual([]);
      expect(app.stopped("b")).toEqual(["start a"]);
      expect(app.ready("a")).toEqual(["start b"]);
      expect(app.ready("b")).toEqual(["start c"]);
      expect(app.ready("c")).toEqual(["up"]);
    },
  );

  it("a temporary child whose first turn is still to come keeps it through a group restart", () => {
    const app = given({ strategy: "all-for-one" }, { a: {}, b: {}, c: { restart: "temporary" } });
    app.start();
    app.ready("a");
    expect(app.died("a")).toEqual(["stop b"]);
    expect(app.stopped("b")).toEqual(["start a"]);
    app.ready("a");
    expect(app.ready("b")).toEqual(["start c"]);
    expect(app.ready("c")).toEqual(["up"]);
  });
});

describe("a death of a child while a group restart is stopping it", () => {
  const stoppingC = () => {
    const app = given({ strategy: "all-for-one", intensity: { restarts: 1, within: "1h" } }, abc).up();
    expect(app.died("b")).toEqual(["stop c"]);
    return app;
  };

  it("is the answer to the stop: uncharged, and a late `stopped` is ignored", () => {
    const app = stoppingC();
    expect(app.died("c")).toEqual(["stop a"]);
    expect(app.stopped("c")).toEqual([]);
    expect(app.stopped("a")).toEqual(["start a"]);
    expect(app.stopped("a")).toEqual([]);
    expect(app.ready("a")).toEqual(["start b"]);
  });

  it("before its turn to be stopped is uncharged too, and it is not told to stop", () => {
    const app = stoppingC();
    expect(app.died("a")).toEqual([]);
    expect(app.stopped("c")).toEqual(["start a"]);
    expect(app.phase()).toBe("up");
  });

  it("is no clean end, even where it says so: a transient child that was told to stop is started again", () => {
    const app = given({ strategy: "all-for-one" }, { a: {}, b: { restart: "transient" } }).up();
    expect(app.died("a")).toEqual(["stop b"]);
    expect(app.died("b", { normal: true })).toEqual(["start a"]);
    expect(app.ready("a")).toEqual(["start b"]);
  });

  it("before its turn, as a clean end of a transient child, is for good", () => {
    const app = given({ strategy: "all-for-one" }, { a: { restart: "transient" }, b: {}, c: {} }).up();
    app.died("b");
    expect(app.died("a", { normal: true })).toEqual(["down a"]);
    expect(app.stopped("c")).toEqual(["start b"]);
  });
});

describe("a death while a group restart is starting", () => {
  it("of one that is up again begins a new round that takes over the old one", () => {
    const app = given({ strategy: "all-for-one" }, { ...abc, d: {} }).up();
    app.died("d");
    for (const id of ["c", "b"]) app.stopped(id);
    expect(app.stopped("a")).toEqual(["start a"]);
    expect(app.ready("a")).toEqual(["start b"]);
    expect(app.died("a")).toEqual(["stop b"]);
    expect(app.stopped("b")).toEqual(["start a"]);
    expect(app.ready("a")).toEqual(["start b"]);
    expect(app.ready("b")).toEqual(["start c"]);
    expect(app.ready("c")).toEqual(["start d"]);
    expect(app.ready("d")).toEqual([]);
  });

  it("rest-for-one: of a child before the round widens it", () => {
    const app = given({ strategy: "rest-for-one" }, { ...abc, d: {} }).up();
    expect(app.died("c")).toEqual(["stop d"]);
    expect(app.died("a")).toEqual([]);
    expect(app.stopped("d")).toEqual(["stop b"]);
    expect(app.stopped("b")).toEqual(["start a"]);
    expect(app.ready("a")).toEqual(["start b"]);
    expect(app.ready("b")).toEqual(["start c"]);
    expect(app.ready("c")).toEqual(["start d"]);
  });

  it("over budget gives up from there", () => {
    const app = given({ strategy: "all-for-one", intensity: { restarts: 1, within: "1h" } }, abc).up();
    app.died("c");
    app.stopped("b");
    app.stopped("a");
    expect(app.ready("a")).toEqual(["start b"]);
    expect(app.died("a")).toEqual(["stop b"]);
    expect(app.stopped("b")).toEqual(["ended gave-up"]);
  });
});

describe("a round that begins while another is under way", () => {
  const parkedD = () => {
    const parks = { overBudget: "quarantine", intensity: { restarts: 0, within: 1 } } as const;
    const app = given({ strategy: "rest-for-one" }, { ...abc, d: parks }).up();
    expect(app.died("d")).toEqual(["quarantined d"]);
    return app;
  };

  it("behind the part that still has to stop: that part is stopped and started all the same", () => {
    const app = parkedD();
    app.add("e");
    app.ready("e");
    expect(app.died("a")).toEqual(["stop e"]);
    expect(app.restart("d")).toEqual(["start d"]);
    expect(app.ready("d")).toEqual([]);
    expect(app.died("d", { guilty: true })).toEqual([]);
    expect(app.stopped("e")).toEqual(["stop c"]);
    expect(app.stopped("c")).toEqual(["stop b"]);
    expect(app.stopped("b")).toEqual(["start a"]);
    for (const [id, then] of ["a", "b", "c", "d", "e"].map((id, n, ids) => [id, ids[n + 1]])) {
      expect(app.ready(id!)).toEqual(then ? [`start ${then}`] : []);
    }
  });
});

describe("late and double events", () => {
  it("a late ready after a stop action does not bring the child back", () => {
    const app = given({}, abc);
    app.start();
    expect(app.stopChild("a")).toEqual(["stop a"]);
    expect(app.ready("a")).toEqual([]);
    expect(app.life("a")).toBe("stopping");
    expect(app.stopped("a")).toEqual(["down a", "start b"]);
  });

  it("a double died is charged once", () => {
    const app = given({}, { a: { intensity: { restarts: 1, within: "1h" } } }).up();
    expect(app.died("a")).toEqual(["start a"]);
    expect(app.died("a")).toEqual([]);
    app.ready("a");
    expect(app.phase()).toBe("up");
  });

  it("a double ready, start-failed or stopped, and anything about an unknown child, change nothing", () => {
    const app = given({}, { a: {} }).up();
    for (const tell of [app.ready, app.startFailed, app.stopped, app.timer]) expect(tell("a")).toEqual([]);
    for (const tell of [app.ready, app.died, app.stopped, app.timer, app.remove, app.restart, app.stopChild]) {
      expect(tell("nobody")).toEqual([]);
    }
    expect(app.lives()).toEqual({ a: "running" });
  });
});
