import { describe, expect, it } from "vitest";
import { askedContext } from "../../../src/protocol/asked-context.js";
import { isSampled, traceContextOf, untraced } from "../../../src/protocol/trace-context.js";

const good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

describe("a trace context from elsewhere", () => {
  it("is taken as W3C writes it, with what vendors add", () => {
    expect(traceContextOf(good, undefined)).toEqual({ traceparent: good });
    expect(traceContextOf(good, "a=1,b=2")).toEqual({ traceparent: good, tracestate: "a=1,b=2" });
    // A later version may have more fields.
    expect(traceContextOf(`01${good.slice(2)}-more`, undefined)).toEqual({ traceparent: `01${good.slice(2)}-more` });
  });

  it.each([
    undefined,
    null,
    7,
    {},
    "",
    "00",
    good.toUpperCase(),
    good.slice(0, -1),
    `ff${good.slice(2)}`,
    `00-${"0".repeat(32)}-00f067aa0ba902b7-01`,
    `00-4bf92f3577b34da6a3ce929d0e0e4736-${"0".repeat(16)}-01`,
    `${good}\n`,
    `${good}-${"x".repeat(200)}`,
  ])("is none where it is %j", (traceparent) => {
    expect(traceContextOf(traceparent, "a=1")).toBeUndefined();
  });

  it("loses a state that is none, or longer than anybody has to keep", () => {
    for (const state of [7, "", "x".repeat(513)]) {
      expect(traceContextOf(good, state)).toEqual({ traceparent: good });
    }
  });

  it("says whether it is sampled by one bit of its flags", () => {
    const flagged = (flags: string) => isSampled({ traceparent: good.slice(0, -2) + flags });
    expect(["00", "01", "02", "03", "fe", "ff"].map(flagged)).toEqual([false, true, false, true, false, true]);
    expect(isSampled(untraced)).toBe(false);
    expect(traceContextOf(untraced.traceparent, undefined)).toEqual(untraced);
  });
});

describe("a function that is asked for one", () => {
  it("fails no call, whatever it does", () => {
    expect(askedContext(undefined, "connect")()).toBeUndefined();
    expect(askedContext(() => ({ traceparent: good }), "connect")()).toEqual({ traceparent: good });
    expect(askedContext(() => ({}), "connect")()).toBeUndefined();
    const throws = () => {
      throw new Error("no context");
    };
    expect(askedContext(throws, "connect")()).toBeUndefined();
  });

  it("is refused where it is none", () => {
    expect(() => askedContext("on" as never, "v2Client")).toThrow(/v2Client\.trace is "on"/);
  });
});
