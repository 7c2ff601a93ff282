import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { trace } from "@opentelemetry/api";
import { BasicTracerProvider, SamplingDecision } from "@opentelemetry/sdk-trace-base";
import type { MessageOnChannel } from "holdfast";
import { afterEach, describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import { counted, unbalanced } from "./balance.js";
import { at, failure, levels, play } from "./stage.js";
import { until } from "./until.js";

/** What of the user's part of tracing throws now. */
let broken: string | undefined;

function boom(where: string): void {
  if (broken === where) throw Object.create(null);
}

const methods = ["setAttribute", "setAttributes", "setStatus", "addEvent"] as const;

trace.setGlobalTracerProvider(
  new BasicTracerProvider({
    sampler: {
      shouldSample: () => {
        boom("the sampler");
        return { decision: SamplingDecision.RECORD_AND_SAMPLED };
      },
      toString: () => "hostile",
    },
    spanProcessors: [
      {
        onStart: (span) => {
          const real = span as unknown as Record<string, (...args: unknown[]) => unknown>;
          for (const name of methods) {
            const kept = real[name]!.bind(span);
            real[name] = (...args) => {
              boom(`the span's ${name}`);
              return kept(...args);
            };
          }
          boom("onStart");
        },
        onEnd: () => boom("onEnd"),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  }),
);

const warnings: Error[] = [];
const onWarning = (warning: Error) => void warnings.push(warning);
process.on("warning", onWarning);

afterEach(() => {
  broken = undefined;
  warnings.length = 0;
});

const places = ["the sampler", "onStart", "onEnd", ...methods.map((name) => `the span's ${name}`)];

describe.each(levels)("tracing that throws touches no message, $level", ({ level }) => {
  it.each(places)("in %s", async (place) => {
    const { app, refs } = await play({ hand: at(level, Hand) }, {}, { trace: true });
    broken = place;
    expect(await refs.hand.ask.say(1)).toBe(1);
    expect(await Promise.all([2, 3, 4].map((n) => refs.hand.ask.say(n)))).toEqual([2, 3, 4]);
    expect(refs.hand.tell.say(5)).toBe(true);
    expect(await failure(refs.hand.ask.fail("x"))).toMatchObject({ code: "HandlerFailed" });
    expect(await refs.hand.ask.say(6)).toBe(6);
    const shown = () => warnings.filter((warning) => (warning as { code?: string }).code === "HOLDFAST_TRACE");
    await until(() => shown().length > 0, "the warning");
    expect(shown()).toHaveLength(1);
    expect(counted(app, "hand")).toMatchObject({ accepted: 7, answered: 5, told: 1 });
    expect(unbalanced(app.stats())).toEqual([]);
  });
});

it("the ratio takes its share of tells once, while somebody listens to a channel too", async () => {
  const told: (string | undefined)[] = [];
  const heard = (message: unknown) => {
    const { system, traceparent } = message as MessageOnChannel;
    if (system === "shared-out") told.push(traceparent);
  };
  subscribe("holdfast:message:start", heard);
  try {
    // By this chance every second one.
    const options = { name: "shared-out", trace: { ratio: 0.5 }, chance: () => 0.6 };
    const { refs } = await play({ hand: at("inline", Hand) }, {}, options);
    for (let i = 0; i < 4; i++) expect(refs.hand.tell.say(i)).toBe(true);
    expect(told).toHaveLength(4);
    expect(told.filter((traceparent) => traceparent !== undefined)).toHaveLength(2);
  } finally {
    unsubscribe("holdfast:message:start", heard);
  }
});
