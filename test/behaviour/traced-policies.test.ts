import { pool, refTo } from "holdfast";
import { hop, ResponseCache } from "holdfast/serving";
import { afterEach, describe, expect, it } from "vitest";
import { Traced, TracedBatches } from "../actors/traced.mjs";
import { castingFrom } from "./casting.js";
import type { Gate } from "./gate.js";
import { allEnded, forgetSpans, inSpan, ms, spans, spanTree } from "./spans.js";
import { gateOf, levels, plan, play } from "./stage.js";

const at = castingFrom(new URL("../actors/traced.mjs", import.meta.url));
const traced = { trace: true } as const;
const given = { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };

afterEach(forgetSpans);

describe.each(levels)("a batch, $level", ({ level }) => {
  it("has one span, linked to every message of it that is sampled, and within the first of them", async () => {
    const { refs } = await play({ batches: at(level, TracedBatches) }, {}, traced);
    const { batches } = refs;
    const sampled = ["a", "b"].map((item) => batches.ask.work(item));
    const answers = await Promise.all([...sampled, inSpan(() => batches.ask.work("c"), 0)]);
    expect(answers).toEqual(["a!", "b!", "c!"]);
    await allEnded();
    const [batch, ...others] = spans().filter(({ name }) => name === "batch");
    expect(others).toEqual([]);
    const runs = spans().filter(({ name }) => name.startsWith("run "));
    expect(runs).toHaveLength(2);
    expect(batch!.links.map(({ context }) => context.spanId).sort()).toEqual(
      runs.map((run) => run.spanContext().spanId).sort(),
    );
    expect(runs.map((run) => run.spanContext().spanId)).toContain(batch!.parentSpanContext!.spanId);
    expect(batch!.attributes).toEqual({ "holdfast.batch.items": 3, "holdfast.batch.weight": 3 });
    expect(ms(batch!.startTime)).toBeLessThanOrEqual(ms(batch!.endTime));
  });

  it("that fails and runs again in halves has a span for each run", async () => {
    const { refs } = await play({ batches: at(level, TracedBatches) }, {}, traced);
    const outcomes = await Promise.allSettled(["a", "bad", "c"].map((item) => refs.batches.ask.work(item)));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    await allEnded();
    const batches = spans().filter(({ name }) => name === "batch");
    expect(batches.map(({ attributes, status }) => [attributes["holdfast.batch.items"], status.message])).toEqual([
      [3, "RangeError"],
      [2, "RangeError"],
      [1, undefined],
      [1, "RangeError"],
      [1, undefined],
    ]);
    expect(JSON.stringify(batches.map(({ attributes, events, status }) => [attributes, events, status]))).not.toContain(
      "secret",
    );
  });
});

describe("a ref with policies", () => {
  it("has a span for the call, with an event for each retry and a message for each attempt", async () => {
    const { refs } = await play({ hand: at("thread", Traced) }, {}, traced);
    const hand = hop(refs.hand, { retry: { backoff: { initial: 1 }, codes: ["HandlerFailed"] } });
    expect(await hand.ask.moody()).toBe(2);
    await allEnded();
    expect(spanTree()).toEqual([
      "hop app/hand/moody",
      "  app/hand/moody ✕ HandlerFailed",
      "    run app/hand/moody ✕ threw",
      "  app/hand/moody",
      "    run app/hand/moody",
    ]);
    expect(spans().find(({ name }) => name === "hop app/hand/moody")!.events).toMatchObject([
      { name: "retry", attributes: { attempt: 2, code: "HandlerFailed", after_ms: expect.any(Number) } },
    ]);
  });

  it("has an event for a hedge, and a message for each of the two that were asked", async () => {
    const made = plan();
    const { refs } = await play(
      { gate: gateOf(made), hands: pool(at("inline", Traced, { gate: refTo<Gate>("gate") }), { size: 2 }) },
      {},
      traced,
    );
    const hands = hop(refs.hands, { hedge: { after: 20, budget: 1 } });
    const answer = hands.ask.again();
    await made.reached("again", 2);
    made.open("again");
    expect(await answer).toBe(1);
    await allEnded();
    const call = spans().find(({ name }) => name === "hop app/hands/again")!;
    expect(call.events).toMatchObject([{ name: "hedge", attributes: { after_ms: expect.any(Number) } }]);
    const asked = spans().filter(({ parentSpanContext }) => parentSpanContext?.spanId === call.spanContext().spanId);
    expect(asked).toHaveLength(2);
  });

  it("has an event for the fallback, with the code that led to it and nothing that was said", async () => {
    const { refs } = await play({ hand: at("inline", Traced) }, {}, traced);
    const hand = hop(refs.hand, { fallback: { to: () => undefined } });
    expect(await hand.ask.fail("a secret")).toBeUndefined();
    await allEnded();
    const call = spans().find(({ name }) => name === "hop app/hand/fail")!;
    expect(call.events).toMatchObject([{ name: "fallback", attributes: { code: "HandlerFailed" } }]);
    expect(JSON.stringify(spans().map(({ attributes, events, status }) => [attributes, events, status]))).not.toContain(
      "a secret",
    );
  });

  it("says of an answer out of the cache that nobody was asked", async () => {
    const { refs } = await play({ hand: at("inline", Traced) }, {}, traced);
    const cache = new ResponseCache();
    await cache.opened();
    const hand = hop(refs.hand, { cache });
    await hand.ask.active();
    await allEnded();
    forgetSpans();
    await hand.with({ trace: given }).ask.active();
    await allEnded();
    expect(spanTree()).toEqual(["hop app/hand/active"]);
    const [call] = spans();
    expect(call!.events).toMatchObject([{ name: "cache hit" }]);
    expect(call!.parentSpanContext!.spanId).toBe("00f067aa0ba902b7");
  });

  it("asks once whether a call is sampled, whatever becomes of it", async () => {
    // Every second one that is asked for is sampled: the call is the first.
    const chance = () => 0.6;
    const { refs } = await play({ hand: at("thread", Traced) }, {}, { trace: { ratio: 0.5 }, chance });
    const hand = hop(refs.hand, { retry: { backoff: { initial: 1 }, codes: ["HandlerFailed"] } });
    expect(await hand.ask.moody()).toBe(2);
    await allEnded();
    expect(spans()).toEqual([]);
  });
});
