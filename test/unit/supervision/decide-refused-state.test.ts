import { describe, expect, it } from "vitest";
import { HoldfastError } from "../../../src/errors.js";
import type { Given } from "./scripted.js";
import { given } from "./scripted.js";

const refusals = ["StateRefused", "StoreDamaged"] as const;
const error = (code: (typeof refusals)[number]) => new HoldfastError(code, "of version 3, and this is 2");

/** `b` was up, and its next start finds a state that it cannot use. */
function restarted(options: Given, code: (typeof refusals)[number]) {
  const app = given(options, { a: {}, b: { backoff: { initial: 0 } }, c: {} }).up();
  app.died("b");
  return { app, fails: () => app.tell({ type: "start-failed", id: "b", error: error(code) }) };
}

describe.each(refusals)("a start that its stored state forbids, %s", (code) => {
  it("parks the child at once: another start would find the same state", () => {
    const { app, fails } = restarted({}, code);
    expect(fails()).toEqual(["quarantined b"]);
    expect(app.lives()).toEqual({ a: "running", b: "quarantined", c: "running" });
  });

  it("parks it also where its supervisor would give up, and is charged to nobody", () => {
    const { app, fails } = restarted({ overBudget: "escalate", intensity: { restarts: 2, within: 1000 } }, code);
    expect(fails()).toEqual(["quarantined b"]);
    expect(app.diesAndReturns("a")).toEqual(["start a"]);
  });

  it("ends a start that promised every child", () => {
    const app = given({}, { a: {}, b: {} });
    app.start();
    app.ready("a");
    expect(app.tell({ type: "start-failed", id: "b", error: error(code) })).toEqual(["stop a"]);
    expect(app.stopped("a")).toEqual(["ended start-failed"]);
  });

  it("holds nobody up in the background", () => {
    const app = given({ mode: "background" }, { a: {}, b: {} });
    app.start();
    expect(app.tell({ type: "start-failed", id: "a", error: error(code) })).toEqual(["quarantined a", "start b"]);
    expect(app.ready("b")).toEqual(["up"]);
  });

  it("is over when it is started by hand, once the cause is mended", () => {
    const { app, fails } = restarted({}, code);
    fails();
    expect(app.restart("b")).toEqual(["start b"]);
    app.ready("b");
    expect(app.life("b")).toBe("running");
  });
});
