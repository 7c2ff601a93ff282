import { describe, expect, it } from "vitest";
import { given } from "./scripted.js";

/** A dynamic supervisor with children a, b, c. */
function dynamic() {
  const app = given({ order: "none" }, {}).up();
  for (const id of ["a", "b", "c"]) {
    app.add(id, { restart: "transient" }, "forget");
    app.ready(id);
  }
  return app;
}

describe("a dynamic supervisor", () => {
  it("is up at once, without children", () => {
    expect(given({ order: "none" }, {}).start()).toEqual(["up"]);
  });

  it("stops all its children at the same time, forgets them and has ended when the last is down", () => {
    const app = dynamic();
    expect(app.stop()).toEqual(["stop a", "stop b", "stop c"]);
    expect(app.stopped("a")).toEqual([]);
    expect(app.stopped("c")).toEqual([]);
    expect(app.stopped("b")).toEqual(["forget a", "forget b", "forget c", "ended stopped"]);
  });

  it("forgets a child that ended cleanly, was stopped by hand, or had nothing to run", () => {
    const app = dynamic();
    expect(app.died("a", { normal: true })).toEqual(["forget a"]);
    app.stopChild("b");
    expect(app.stopped("b")).toEqual(["forget b"]);
    app.add("d", {}, "forget");
    expect(app.ignored("d")).toEqual(["forget d"]);
    expect(app.lives()).toEqual({ c: "running" });
  });

  it("restarts one that fell, it alone", () => {
    expect(dynamic().died("b")).toEqual(["start b"]);
  });
});

describe("drain", () => {
  it("tells every child to take nothing new; those that run are draining, and may still fall and be restarted", () => {
    const app = given({}, { a: {}, b: {} }).up();
    app.stopChild("b");
    app.stopped("b");
    expect(app.drain()).toEqual(["drain a", "drain b"]);
    expect(app.lives()).toEqual({ a: "draining", b: "stopped" });
    expect(app.died("a")).toEqual(["start a"]);
    app.ready("a");
    expect(app.stop()).toEqual(["stop a"]);
  });
});
