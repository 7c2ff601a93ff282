import { describe, expect, it } from "vitest";
import { given } from "./scripted.js";

const abc = { a: {}, b: {}, c: {} };

describe("a removal while everything goes down", () => {
  it("forgets the child as soon as it is down, so that who asked is told", () => {
    const app = given({}, abc).up();
    expect(app.stop()).toEqual(["stop c"]);
    expect(app.remove("c")).toEqual([]);
    expect(app.remove("a")).toEqual([]);
    expect(app.stopped("c")).toEqual(["forget c", "stop b"]);
    expect(app.stopped("b")).toEqual(["stop a"]);
    expect(app.stopped("a")).toEqual(["forget a", "ended stopped"]);
  });

  it("forgets at once what is down already", () => {
    const app = given({}, abc).up();
    app.stop();
    app.stopped("c");
    expect(app.remove("c")).toEqual(["forget c"]);
    expect(app.life("c")).toBe("gone");
  });

  it("that was asked for before the stop is not lost to it", () => {
    const app = given({}, abc).up();
    expect(app.remove("b")).toEqual(["stop b"]);
    expect(app.stop()).toEqual(["stop c"]);
    expect(app.stopped("b")).toEqual(["forget b"]);
    expect(app.stopped("c")).toEqual(["stop a"]);
    expect(app.stopped("a")).toEqual(["ended stopped"]);
  });
});
