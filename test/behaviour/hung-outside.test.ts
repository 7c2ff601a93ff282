import { keyed, refTo, thread } from "holdfast";
import { describe, expect, it } from "vitest";
import type { Blocking } from "../actors/blocking.mjs";
import type { Gate } from "./gate.js";
import { deaths, failure, gateOf, plan, play } from "./stage.js";

const url = new URL("../actors/blocking.mjs", import.meta.url);
const gate = refTo<Gate>("gate");

describe("an event loop that is blocked outside every handler", () => {
  it("is found by the mail that waits for it, which is charged with nothing and delivered again", async () => {
    const { refs, app } = await play({ blocking: thread<Blocking>(url) });
    expect(await refs.blocking.ask.wedge()).toBe("wedged");
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await refs.blocking.ask.say("mail")).toBe("mail");
    expect(await refs.blocking.ask.incarnation()).toBe(2);
    expect(deaths(app)).toMatchObject([
      { cause: { kind: "hung", method: "say", limitMs: 200, seq: 0 }, executing: [], redelivered: 1, failed: 0 },
    ]);
  });

  it("is not what a key's neighbours wait for while a handler of the same cell works within its limit", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), blocking: keyed(thread<Blocking>(url, { gate })) });
    const working = refs.blocking.key("a").ask.stuck(1);
    await made.noted("in native code");
    expect(await refs.blocking.key("b").ask.say("patient")).toBe("patient");
    expect(await working).toBe(0);
    expect(deaths(app)).toEqual([]);
  });
});

it("a call given up before its handler began says so, and that it may still run", async () => {
  const made = plan();
  const { refs } = await play({ gate: gateOf(made), blocking: thread<Blocking>(url, { gate }) });
  const first = refs.blocking.ask.hold("door");
  await made.reached("door");
  const abort = new AbortController();
  const second = failure(refs.blocking.with({ signal: abort.signal }).ask.hold("door"));
  await new Promise(setImmediate);
  abort.abort();
  expect(await second).toMatchObject({ code: "Cancelled", retryable: false, details: { started: "unknown" } });
  made.open("door");
  expect(await first).toBe("door");
});

it("a system stops although a thread of it sits in native code", async () => {
  const made = plan();
  const { app, refs, events } = await play({
    gate: gateOf(made),
    blocking: thread<Blocking>(url, { gate }, { shutdown: 100 }),
  });
  const asked = failure(refs.blocking.ask.stuck(6));
  await made.noted("in native code");
  await new Promise((resolve) => setTimeout(resolve, 100));
  let left = false;
  const watching = app.subscribe((event) => {
    if (event.type === "abandoned" && event.exited) left = true;
  });
  await app.stop({ drain: 0 });
  watching();
  // It was not waited for.
  expect(left).toBe(false);
  expect(await asked).toMatchObject({ code: "ActorDied" });
  expect(events.filter(({ type }) => type === "abandoned")).toMatchObject([{ exited: false }]);
});
