import { describe, expect, it } from "vitest";
import { given } from "./scripted.js";

describe("a start that answers ignore", () => {
  it("leaves the child listed and down, and the next one starts: up does not wait for it", () => {
    const app = given({}, { a: {}, b: {} });
    expect(app.start()).toEqual(["start a"]);
    expect(app.ignored("a")).toEqual(["down a", "start b"]);
    expect(app.ready("b")).toEqual(["up"]);
    expect(app.life("a")).toBe("stopped");
  });

  it("forgets a temporary child", () => {
    const app = given({}, { a: { restart: "temporary" }, b: {} });
    app.start();
    expect(app.ignored("a")).toEqual(["forget a", "start b"]);
  });

  it("is asked again by a restart by hand", () => {
    const app = given({}, { a: {} });
    app.start();
    expect(app.ignored("a")).toEqual(["down a", "up"]);
    expect(app.restart("a")).toEqual(["start a"]);
    expect(app.ready("a")).toEqual([]);
    expect(app.life("a")).toBe("running");
  });

  it("at a restart takes the child out of service, uncharged", () => {
    const app = given({}, { a: {} }).up();
    expect(app.died("a")).toEqual(["start a"]);
    expect(app.ignored("a")).toEqual(["down a"]);
  });

  it("inside a group restart lets the later ones start", () => {
    const app = given({ strategy: "all-for-one" }, { a: {}, b: {}, c: {} }).up();
    app.died("a");
    app.stopped("c");
    expect(app.stopped("b")).toEqual(["start a"]);
    expect(app.ignored("a")).toEqual(["down a", "start b"]);
    expect(app.ready("b")).toEqual(["start c"]);
  });

  it("keeps an added child whose later start by hand fails: that one was no first start", () => {
    const app = given({}, {}).up();
    app.add("x", {}, "forget");
    expect(app.ignored("x")).toEqual(["down x"]);
    app.restart("x");
    expect(app.startFailed("x")).toEqual(["wait x 200"]);
  });
});

describe("a first start that fails, of a child that somebody added and waits for", () => {
  it("leaves nothing behind", () => {
    const app = given({}, { a: {} }).up();
    expect(app.add("x", {}, "forget")).toEqual(["start x"]);
    expect(app.startFailed("x")).toEqual(["forget x"]);
    expect(app.life("x")).toBe("gone");
  });

  it("once it has been ready, failed starts are retried as any child's", () => {
    const app = given({}, {}).up();
    app.add("x", {}, "forget");
    app.ready("x");
    expect(app.died("x")).toEqual(["start x"]);
    expect(app.startFailed("x")).toEqual(["wait x 200"]);
  });
});
