import { describe, expect, it } from "vitest";
import { given } from "./scripted.js";

const atOnce = { backoff: { initial: 0 } };

/** Where the runs beside Erlang/OTP (test/otp/differential) parted from it on purpose, each in its smallest form. */
describe("on purpose not as OTP", () => {
  it("a mass restart leaves down who was stopped by hand, and who had nothing to run", () => {
    const supervisor = given({ strategy: "all-for-one" }, { a: {}, b: {}, c: {} });
    supervisor.start();
    supervisor.ready("a");
    supervisor.tell({ type: "ignored", id: "b" });
    supervisor.ready("c");
    supervisor.stopChild("c");
    supervisor.stopped("c");
    expect(supervisor.died("a")).toEqual(["start a"]);
    supervisor.ready("a");
    expect(supervisor.lives()).toEqual({ a: "running", b: "stopped", c: "stopped" });
  });

  it("a start that fails in a mass restart is tried again alone: siblings that were just started stay up", () => {
    const supervisor = given({ strategy: "all-for-one" }, { a: atOnce, b: atOnce }).up();
    expect(supervisor.died("a")).toEqual(["stop b"]);
    expect(supervisor.stopped("b")).toEqual(["start a"]);
    expect(supervisor.ready("a")).toEqual(["start b"]);
    expect(supervisor.startFailed("b")).toEqual(["start b"]);
    supervisor.ready("b");
    expect(supervisor.lives()).toEqual({ a: "running", b: "running" });
  });

  it("a mass restart goes on when the child whose start failed is taken down: those after it are started", () => {
    const supervisor = given({ strategy: "rest-for-one" }, { a: atOnce, b: atOnce }).up();
    expect(supervisor.died("a")).toEqual(["stop b"]);
    expect(supervisor.stopped("b")).toEqual(["start a"]);
    expect(supervisor.stopChild("a")).toEqual(["stop a"]);
    expect(supervisor.startFailed("a")).toContain("start b");
    supervisor.ready("b");
    expect(supervisor.lives()).toEqual({ a: "stopped", b: "running" });
  });

  it("a child that is added in mid-restart starts after those that it may be built on", () => {
    const supervisor = given({ strategy: "rest-for-one" }, { a: atOnce, b: atOnce }).up();
    supervisor.died("a");
    supervisor.stopped("b");
    expect(supervisor.add("c", { restart: "temporary" })).toEqual([]);
    expect(supervisor.ready("a")).toEqual(["start b"]);
    expect(supervisor.startFailed("b")).toEqual(["start b"]);
    expect(supervisor.ready("b")).toEqual(["start c"]);
    supervisor.ready("c");
    expect(supervisor.lives()).toEqual({ a: "running", b: "running", c: "running" });
  });

  it("a restart by hand whose start fails is tried again: from then on the child should be up", () => {
    const supervisor = given({}, { a: atOnce }).up();
    supervisor.stopChild("a");
    supervisor.stopped("a");
    expect(supervisor.restart("a")).toEqual(["start a"]);
    expect(supervisor.startFailed("a")).toEqual(["start a"]);
  });
});
