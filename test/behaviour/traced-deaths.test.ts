import { broadcast, firstCompleted, keyed, majority, pool, type Ref, refTo } from "holdfast";
import { afterEach, expect, it } from "vitest";
import { Traced } from "../actors/traced.mjs";
import { castingFrom } from "./casting.js";
import type { Gate } from "./gate.js";
import { allEnded, forgetSpans, spans, spanTree } from "./spans.js";
import { gateOf, plan, play } from "./stage.js";

const at = castingFrom(new URL("../actors/traced.mjs", import.meta.url));
const traced = { trace: true } as const;
const gate = { gate: refTo<Gate>("gate") };

afterEach(forgetSpans);

/** Some fail before anybody awaits them. */
function heeded(...asked: (Promise<unknown> | undefined | void)[]): Promise<unknown>[] {
  const promises = asked.map((one) => Promise.resolve(one));
  for (const one of promises) one.catch(() => {});
  return promises;
}

it("whatever dies under a load, every span that was begun ends once, and every message has its own", async () => {
  const next = { next: refTo<Traced>("next") };
  const { refs, app } = await play(
    {
      next: at("inline", Traced),
      pooled: pool(at("thread", Traced, next), { size: 2 }),
      each: keyed(at("thread", Traced, next), { cells: 1 }),
      inline: at("inline", Traced, next),
    },
    { intensity: { restarts: 100, within: "1s" } },
    traced,
  );
  const asked: Promise<unknown>[] = [];
  const ask = (ref: Ref<Traced>) => {
    asked.push(...heeded(ref.ask.down(1), ref.ask.active(), ref.ask.later(), ref.ask.fail("secret")));
    ref.tell.jot("secret");
  };
  for (let round = 0; round < 12; round++) {
    for (const ref of [refs.pooled, refs.inline, refs.each.key(`key ${round % 3}`)]) ask(ref as Ref<Traced>);
    if (round % 3 === 0) app.kill(`app/pooled/${1 + (round % 2)}`);
    if (round % 4 === 1) app.kill("app/inline");
    if (round % 4 === 2) app.kill("app/each");
    await new Promise((resolve) => setImmediate(resolve));
  }
  const outcomes = await Promise.allSettled(asked);
  await allEnded();
  const messages = spans().filter(({ attributes }) => attributes["rpc.service"] !== undefined);
  // Those of the callers, and those that handlers made on their way.
  const roots = messages.filter(({ parentSpanContext }) => parentSpanContext === undefined);
  expect(roots).toHaveLength(asked.length);
  const failed = outcomes.filter(({ status }) => status === "rejected").length;
  expect(roots.filter(({ status }) => status.message !== undefined)).toHaveLength(failed);
  const known = new Set(spans().map((span) => span.spanContext().spanId));
  const lost = spans().filter(({ parentSpanContext: above }) => above && !known.has(above.spanId));
  expect(lost.map(({ name }) => name)).toEqual([]);
});

it("a system that stops ends the spans of what it had not finished", async () => {
  const made = plan();
  const { refs, app } = await play(
    { gate: gateOf(made), hand: at("thread", Traced, gate, { shutdown: "brutal" }) },
    {},
    traced,
  );
  const asked = heeded(refs.hand.ask.hold("never"), refs.hand.ask.active());
  await made.reached("never");
  await app.stop({ drain: 0 });
  await Promise.allSettled(asked);
  await allEnded();
  expect(spanTree().filter((line) => !line.startsWith(" ") && !line.includes("✕"))).toEqual([]);
});

it("several members at once are each a message of the call", async () => {
  const { refs } = await play(
    {
      all: broadcast(at("inline", Traced), { size: 2 }),
      first: firstCompleted(at("inline", Traced), { size: 2, of: 2 }),
      most: majority(at("inline", Traced), { size: 3 }),
    },
    {},
    traced,
  );
  const trace = { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };
  await refs.all.with({ trace }).ask.later();
  await refs.first.with({ trace }).ask.later();
  await refs.most
    .with({ trace })
    .ask.moody()
    .catch(() => {});
  await allEnded();
  expect(new Set(spans().map((span) => span.spanContext().traceId))).toEqual(
    new Set(["4bf92f3577b34da6a3ce929d0e0e4736"]),
  );
  expect(spans().filter(({ name }) => name.startsWith("run ")).length).toBeGreaterThanOrEqual(6);
});
