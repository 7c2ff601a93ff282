import { describe, expect, it } from "vitest";
import { given } from "./scripted.js";

const significant = { restart: "transient", significant: true } as const;
const fleeting = { restart: "temporary", significant: true } as const;

describe("auto-shutdown", () => {
  it("any-significant: the first significant child that ends by itself takes the others down, in reverse", () => {
    const app = given({ autoShutdown: "any-significant" }, { a: {}, b: significant, c: significant }).up();
    expect(app.died("b", { normal: true })).toEqual(["down b", "stop c"]);
    expect(app.stopped("c")).toEqual(["stop a"]);
    expect(app.stopped("a")).toEqual(["ended auto-shutdown"]);
  });

  it("all-significant: only the last one does", () => {
    const app = given({ autoShutdown: "all-significant" }, { a: {}, b: significant, c: fleeting }).up();
    expect(app.died("b", { normal: true })).toEqual(["down b"]);
    expect(app.died("c")).toEqual(["forget c", "stop a"]);
    expect(app.stopped("a")).toEqual(["ended auto-shutdown"]);
  });

  it("a transient child that falls is restarted: it has not ended", () => {
    const app = given({ autoShutdown: "any-significant" }, { a: significant }).up();
    expect(app.died("a")).toEqual(["start a"]);
  });

  it("all-significant: one in a back-off has not ended either", () => {
    const app = given({ autoShutdown: "all-significant" }, { a: significant, b: fleeting }).up();
    app.diesAndReturns("a");
    expect(app.died("a")).toEqual(["wait a 200"]);
    expect(app.died("b")).toEqual(["forget b"]);
    app.timer("a");
    app.ready("a");
    expect(app.died("a", { normal: true })).toEqual(["down a", "ended auto-shutdown"]);
  });

  it("a significant child that somebody stopped or removed has not ended by itself", () => {
    const app = given({ autoShutdown: "any-significant" }, { a: significant, b: significant, c: {} }).up();
    app.stopChild("a");
    expect(app.stopped("a")).toEqual(["down a"]);
    app.remove("b");
    expect(app.stopped("b")).toEqual(["forget b"]);
    expect(app.phase()).toBe("up");
  });

  it("a child that is not significant ends without consequence", () => {
    const app = given({ autoShutdown: "any-significant" }, { a: { restart: "transient" }, b: significant }).up();
    expect(app.died("a", { normal: true })).toEqual(["down a"]);
  });

  it("a significant child under a supervisor that does not care is refused, at first and when added", () => {
    expect(() => given({}, { a: significant })).toThrow(/child "a" is significant.*autoShutdown is "never"/);
    const app = given({}, { a: {} }).up();
    expect(() => app.add("b", significant)).toThrow(/child "b" is significant/);
    expect(app.life("b")).toBe("gone");
  });

  it("a significant permanent child is refused: it never ends by itself", () => {
    expect(() => given({ autoShutdown: "any-significant" }, { a: { significant: true } })).toThrow(
      'app.a.significant is true: give restart "transient" or "temporary" with it',
    );
  });
});
