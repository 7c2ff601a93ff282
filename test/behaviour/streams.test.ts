import { refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play } from "./stage.js";
import { until } from "./until.js";

const gateRef = { gate: refTo<Gate>("gate") };

async function readAll(source: AsyncIterable<unknown>): Promise<{ values: unknown[]; error: unknown }> {
  const values: unknown[] = [];
  try {
    for await (const value of source) values.push(value);
    return { values, error: undefined };
  } catch (error) {
    return { values, error };
  }
}

describe.each(levels)("an output stream, $level", ({ level }) => {
  it("gives every value in order, far past its first credit", async () => {
    const { refs } = await play({ hand: at(level, Hand) });
    const { values, error } = await readAll(refs.hand.ask.count(500));
    expect(error).toBeUndefined();
    expect(values).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
  });

  it("is what a generator without `async` gives, too", async () => {
    const { refs } = await play({ hand: at(level, Hand) });
    expect(await readAll(refs.hand.ask.countAtOnce(500))).toEqual({
      values: Array.from({ length: 500 }, (_, i) => i + 1),
      error: undefined,
    });
    for await (const value of refs.hand.ask.countAtOnce(500)) if (value === 40) break;
    expect(await refs.hand.ask.say("on")).toBe("on");
  });

  it("pulls its source no further than its consumer has room", async () => {
    const gate = plan();
    const { refs } = await play({ gate: gateOf(gate), hand: at(level, Hand, gateRef) });
    const stream = refs.hand.ask.report(1000, "source")[Symbol.asyncIterator]();
    expect(await stream.next()).toEqual({ value: 1, done: false });
    await stream.return!();
    await until(() => gate.notes.some((note) => note.startsWith("source ended")), "the source's end");
    const reached = Number(/ended at (\d+)/.exec(gate.notes.join())![1]);
    // 16 of first credit and what the one taken value granted; never the thousand.
    expect(reached).toBeLessThanOrEqual(18);
  });

  it("closes its source when the consumer leaves, and the actor goes on", async () => {
    const gate = plan();
    const { refs, app } = await play({ gate: gateOf(gate), hand: at(level, Hand, gateRef) });
    for await (const value of refs.hand.ask.report(1000, "left")) if (value === 40) break;
    await until(() => gate.notes.some((note) => note.startsWith("left ended")), "the source's end");
    expect(await refs.hand.ask.say("on")).toBe("on");
    expect(app.reports()).toEqual([]);
  });

  it("is not hung while its consumer pauses, whatever the limit; and is, once it may go on and does not", async () => {
    const { refs, app } = await play({ hand: at(level, Hand) });
    const stream = refs.hand.ask.countThenStick(17)[Symbol.asyncIterator]();
    // 16 of first credit and the one for this value: it waits for its consumer at the 17th, and its limit is 150 ms.
    expect(await stream.next()).toEqual({ value: 1, done: false });
    const paused = performance.now();
    await until(() => performance.now() - paused > 600, "the pause to be longer than the limit");
    expect(app.reports()).toEqual([]);
    const { values, error } = await readAll({ [Symbol.asyncIterator]: () => stream });
    expect(values).toEqual(Array.from({ length: 16 }, (_, i) => i + 2));
    expect(error).toMatchObject({ code: "StreamBroken", details: { delivered: 17 } });
    expect(app.reports()).toMatchObject([{ cause: { kind: "hung", method: "countThenStick", limitMs: 150 } }]);
  });

  it("is hung when it does not end although its consumer has left", async () => {
    const { refs, app, reports } = await play({ hand: at(level, Hand) });
    const stream = refs.hand.ask.stickAtTheEnd(100)[Symbol.asyncIterator]();
    await stream.next();
    await stream.return!();
    await until(() => reports.length > 0, "the report of the one that does not end");
    expect(app.reports()).toMatchObject([{ cause: { kind: "hung", method: "stickAtTheEnd" } }]);
  });

  it("breaks with the count delivered when its host dies, and never starts again by itself", async () => {
    const gate = plan();
    const { refs, app } = await play({ gate: gateOf(gate), hand: at(level, Hand, gateRef) });
    const reading = readAll(refs.hand.ask.countThenHold(5, "door"));
    await gate.reached("door");
    app.kill("hand");
    const { values, error } = await reading;
    expect(error).toMatchObject({ code: "StreamBroken", retryable: false });
    expect(values).toEqual([1, 2, 3, 4, 5].slice(0, values.length));
    expect((error as { details: unknown }).details).toEqual({ delivered: values.length });
    gate.open("door");
    await refs.hand.ask.say("up");
    expect(gate.arrivals("door")).toBe(1);
  });

  it("counts what a slow consumer had not read yet", async () => {
    const gate = plan();
    const { refs, app } = await play({ gate: gateOf(gate), hand: at(level, Hand, gateRef) });
    const stream = refs.hand.ask.countThenHold(5, "door")[Symbol.asyncIterator]();
    await stream.next();
    await gate.reached("door");
    app.kill("hand");
    await refs.hand.ask.say("up");
    const rest = await readAll({ [Symbol.asyncIterator]: () => stream });
    expect(rest.error).toMatchObject({ code: "StreamBroken", details: { delivered: rest.values.length + 1 } });
  });

  it("ends with the handler's error after the values before it", async () => {
    const { refs } = await play({ hand: at(level, Hand) });
    const { values, error } = await readAll(refs.hand.ask.countThenThrow(3));
    expect(values).toEqual([1, 2, 3]);
    expect(error).toMatchObject({ code: "HandlerFailed", cause: { message: "in the middle" } });
  });

  it("runs once for each reader, when it is read", async () => {
    const gate = plan();
    const { refs } = await play({ gate: gateOf(gate), hand: at(level, Hand, gateRef) });
    const stream = refs.hand.ask.report(2, "r");
    await refs.hand.ask.say("nothing yet");
    expect(gate.notes.filter((note) => note.startsWith("r ended"))).toEqual([]);
    expect((await readAll(stream)).values).toEqual([1, 2]);
    expect((await readAll(stream)).values).toEqual([1, 2]);
    await refs.hand.ask.say("after");
    expect(gate.notes.filter((note) => note.startsWith("r ended"))).toHaveLength(2);
  });

  it("times out as any ask", async () => {
    const gate = plan();
    const { refs } = await play({ gate: gateOf(gate), hand: at(level, Hand, gateRef) });
    const error = await failure(
      readAll(refs.hand.with({ timeout: 1000 }).ask.countThenHold(1, "door")).then((r) => {
        throw r.error;
      }),
    );
    expect(error).toMatchObject({ code: "Timeout" });
  });
});
