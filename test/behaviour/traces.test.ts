import { keyed, pool, refTo } from "holdfast";
import { afterEach, describe, expect, it } from "vitest";
import { Traced, TracedBroad } from "../actors/traced.mjs";
import { castingFrom } from "./casting.js";
import type { Gate } from "./gate.js";
import { allEnded, forgetSpans, inSpan, ms, spans, spanTree } from "./spans.js";
import { failure, gateOf, levels, plan, play, walls } from "./stage.js";

const at = castingFrom(new URL("../actors/traced.mjs", import.meta.url));
const traced = { trace: true } as const;
const next = { next: refTo<Traced>("next") };
const gate = { gate: refTo<Gate>("gate") };

afterEach(forgetSpans);

describe.each(levels)("spans of messages, $level", ({ level }) => {
  it("are one for the ask and one in it for its handler, with the numbers of its wait", async () => {
    const { refs } = await play({ hand: at(level, Traced) }, {}, traced);
    const { active, call } = await refs.hand.ask.active();
    await allEnded();
    expect(spanTree()).toEqual(["app/hand/active", "  run app/hand/active"]);
    const [ask, run] = [...spans()].sort((one, other) => one.name.length - other.name.length);
    expect(ask!.attributes).toEqual({
      "holdfast.sender": "app",
      "rpc.system": "holdfast",
      "rpc.service": "app/hand",
      "rpc.method": "active",
      "holdfast.queue_ms": expect.any(Number),
      "holdfast.deliveries": 1,
    });
    expect(run!.attributes).toMatchObject({
      "holdfast.actor": "app/hand",
      "holdfast.incarnation": 1,
      "holdfast.delivery": 1,
      "holdfast.isolation": level,
    });
    if (level !== "inline") expect(run!.attributes).toMatchObject({ "holdfast.run_ms": expect.any(Number) });
    expect(ms(run!.startTime)).toBeGreaterThanOrEqual(ms(ask!.startTime));
    expect(ms(run!.endTime)).toBeLessThanOrEqual(ms(ask!.endTime));
    expect(Math.abs(ms(ask!.startTime) - Date.now())).toBeLessThan(60_000);
    // The handler's own spans are within the run's.
    expect(active).toMatchObject({ traceId: run!.spanContext().traceId, spanId: run!.spanContext().spanId });
    expect(call).toEqual({ traceparent: `00-${active!.traceId}-${active!.spanId}-01` });
  });

  it("are within the span that is active where the call is made, or that the call names", async () => {
    const { refs } = await play({ hand: at(level, Traced) }, {}, traced);
    const own = await inSpan(() => refs.hand.ask.later());
    expect(own!.traceId).toBe("0af7651916cd43dd8448eb211c80319c");
    const trace = { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", tracestate: "vendor=1" };
    const { call } = await refs.hand.with({ trace }).ask.active();
    expect(call).toMatchObject({ traceparent: expect.stringMatching(/^00-4bf92f3577b34da6/), tracestate: "vendor=1" });
    await allEnded();
    expect(spans().map(({ parentSpanContext }) => parentSpanContext?.spanId)).toContain("b7ad6b7169203331");
    expect(spans().map(({ parentSpanContext }) => parentSpanContext?.spanId)).toContain("00f067aa0ba902b7");
  });

  it("follow what an actor asks, through three of them, after an await too", async () => {
    const { refs } = await play({ next: at(level, Traced), a: at(level, Traced, next) }, {}, traced);
    await refs.a.ask.down(1);
    await allEnded();
    expect(spanTree()).toEqual([
      "app/a/down",
      "  run app/a/down",
      "    app/next/active",
      "      run app/next/active",
      "    app/next/active",
      "      run app/next/active",
    ]);
    expect(new Set(spans().map((span) => span.spanContext().traceId)).size).toBe(1);
  });

  it("end with the code of what went wrong, and never with its text", async () => {
    const { refs } = await play({ hand: at(level, Traced) }, {}, traced);
    await failure(refs.hand.ask.fail("secret"));
    await allEnded();
    expect(spanTree()).toEqual(["app/hand/fail ✕ HandlerFailed", "  run app/hand/fail ✕ threw"]);
    expect(JSON.stringify(spans().map(({ attributes, events, status }) => [attributes, events, status]))).not.toContain(
      "secret",
    );
  });

  it("end once each for what is cancelled, expires, or is refused", async () => {
    const made = plan();
    const one = { mailbox: { messages: 1 }, window: 1 };
    const { refs } = await play({ gate: gateOf(made), hand: at(level, Traced, gate, one) }, {}, traced);
    const caller = new AbortController();
    const cancelled = failure(refs.hand.with({ signal: caller.signal }).ask.hold("first"));
    await made.reached("first");
    const expired = failure(refs.hand.with({ timeout: 20 }).ask.active());
    const refused = await failure(refs.hand.ask.active());
    expect(refused.code).toBe("MailboxFull");
    expect((await expired).code).toBe("Timeout");
    caller.abort();
    await cancelled;
    made.open("first");
    await refs.hand.ask.active();
    await allEnded();
    const roots = spanTree().filter((line) => !line.startsWith(" "));
    expect(roots.sort()).toEqual([
      "app/hand/active",
      "app/hand/active ✕ MailboxFull",
      "app/hand/active ✕ Timeout",
      "app/hand/hold ✕ Cancelled",
    ]);
  });

  it("of tells are a producer's and a consumer's, until the handler is done", async () => {
    const { refs } = await play({ hand: at(level, Traced) }, {}, traced);
    expect(refs.hand.tell.jot("secret")).toBe(true);
    await refs.hand.ask.active();
    await allEnded();
    expect(spanTree().slice(0, 2)).toEqual(["app/hand/jot", "  run app/hand/jot"]);
    expect(spans().find(({ name }) => name === "app/hand/jot")!.attributes).toMatchObject({
      "messaging.system": "holdfast",
      "messaging.destination.name": "app/hand",
      "messaging.operation.type": "send",
    });
  });

  it("are none where the caller's trace is not sampled, nor of what its handler asks", async () => {
    const { refs } = await play({ next: at(level, Traced), a: at(level, Traced, next) }, {}, traced);
    const [{ active, call }] = (await inSpan(() => refs.a.ask.down(1), 0)) as [Awaited<ReturnType<Traced["active"]>>];
    expect([active, call]).toEqual([undefined, undefined]);
    await allEnded();
    expect(spans()).toEqual([]);
  });

  it("of several at once are each within their own", async () => {
    const { refs } = await play({ next: at(level, Traced), broad: at(level, TracedBroad, next) }, {}, traced);
    await Promise.all([refs.broad.ask.down(1), refs.broad.ask.down(1), refs.broad.ask.down(1)]);
    await allEnded();
    const one = ["app/broad/down", "  run app/broad/down"];
    const below = ["    app/next/active", "      run app/next/active"];
    expect(spanTree()).toEqual([1, 2, 3].flatMap(() => [...one, ...below, ...below]));
  });
});

describe.each(walls)("spans over a death, $level", ({ level }) => {
  it("say which run died with which report, and go on with the next", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hand: at(level, Traced, gate) }, {}, traced);
    const again = refs.hand.ask.again();
    await made.reached("again");
    const waits = refs.hand.ask.active();
    app.kill("app/hand");
    await made.reached("again", 2);
    made.openAll();
    expect(await again).toBe(2);
    await waits;
    await allEnded();
    const [report] = app.reports();
    expect(spanTree().slice(0, 3)).toEqual(["app/hand/again", "  run app/hand/again ✕ killed", "  run app/hand/again"]);
    const ask = spans().find(({ name }) => name === "app/hand/again")!;
    expect(ask.events).toMatchObject([
      { name: "holdfast.death", attributes: { "holdfast.report": report!.id, "holdfast.death": "killed" } },
    ]);
    expect(ask.attributes).toMatchObject({ "holdfast.deliveries": 2 });
    const runs = spans().filter(({ name }) => name === "run app/hand/again");
    expect(runs.map(({ attributes }) => attributes["holdfast.report"]).filter(Boolean)).toEqual([report!.id]);
    expect(runs.map(({ attributes }) => attributes["holdfast.incarnation"]).sort()).toEqual([1, 2]);
  });
});

it("a pool's member and a group's actor are named by the run", async () => {
  const { refs } = await play(
    { pooled: pool(at("thread", Traced), { size: 2 }), each: keyed(at("inline", Traced), { maxKeys: 3 }) },
    {},
    traced,
  );
  await refs.pooled.ask.active();
  await refs.each.key("one").ask.active();
  await allEnded();
  const actors = spans().flatMap(({ attributes }) => attributes["holdfast.actor"] ?? []);
  expect(actors).toEqual([expect.stringMatching(/^app\/pooled\/\d$/), expect.stringMatching(/^app\/each/)]);
  expect(spanTree().filter((line) => !line.startsWith(" "))).toEqual(["app/pooled/active", "app/each/active"]);
});

it("begin for as many calls as the ratio says, by the system's own chance", async () => {
  // For this ratio: the next call, the second one from there, the ninth.
  const draws = [0.1, 0.3, 0.9];
  let drawn = 0;
  const chance = () => draws[drawn++ % draws.length]!;
  const { refs } = await play({ hand: at("inline", Traced) }, {}, { trace: { ratio: 0.25 }, chance });
  for (let i = 0; i < 4; i++) await refs.hand.ask.active();
  await allEnded();
  expect(spanTree().filter((line) => !line.startsWith(" "))).toHaveLength(2);
});

it("an option that nobody knows, or a share that is none, is refused by name", async () => {
  const children = { hand: at("inline", Traced) };
  expect((await failure(play(children, {}, { trace: { ratio: 2 } }))).message).toContain("trace.ratio is 2");
  expect((await failure(play(children, {}, { trace: { rate: 1 } as never }))).message).toContain(
    'did you mean "ratio"',
  );
});
