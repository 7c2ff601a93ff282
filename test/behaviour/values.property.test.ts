import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import { fork, type HoldfastError, inline, type Ref, refTo, supervisor, system, thread } from "holdfast";
import { stopTestSystems, testSystem } from "holdfast/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Echo } from "../actors/echo.mjs";
import { pathOf, spoil, unsendables } from "../actors/unsendables.mjs";
import { anyValue } from "./any-value.js";
import { asArrived } from "./as-arrived.js";
import { failure } from "./stage.js";

/*
 * One table of values for every way a message can go:
 *
 *   inline    by reference             thread, ring    bytes in shared memory     fork    bytes over a pipe
 *   testing   inline, as clones        thread, port    structured clone
 */
const ways = ["inline", "testing", "ring", "port", "fork"] as const;
type Way = (typeof ways)[number];

const url = new URL("../actors/echo.mjs", import.meta.url);
const refs = {} as Record<Way, Ref<Echo>>;
/** A ref for messages to hold: what it names is there in every system of this file. */
let peer: Ref<Echo>;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const app = await system(
    supervisor({}, { peer: inline(Echo), inline: inline(Echo), ring: thread<Echo>(url), fork: fork<Echo>(url) }),
  );
  stops.push(() => app.stop());
  process.env.HOLDFAST_RINGS = "off";
  const ported = await system(supervisor({}, { peer: inline(Echo), port: thread<Echo>(url) })).finally(() => {
    delete process.env.HOLDFAST_RINGS;
  });
  stops.push(() => ported.stop());
  const test = await testSystem(supervisor({}, { peer: inline(Echo), testing: inline(Echo) }), { time: "real" });
  Object.assign(refs, test.refs, ported.refs, app.refs);
  peer = refTo<Echo>("app/peer");
});
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await stopTestSystems();
});

describe("a value of the table", () => {
  it("arrives the same inline, in tests, by ring, by port and in a process, and comes back so, alone and in a crowd", async () => {
    const values = fc.array(anyValue(peer), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.clone(values, 2), async ([sent, kept]) => {
        const expected = kept.map(asArrived);
        await Promise.all(
          ways.map(async (way) => {
            const order: number[] = [];
            const back = await Promise.all(
              sent.map((value, i) =>
                refs[way].ask.say(value).finally(() => {
                  order.push(i);
                }),
              ),
            );
            deepStrictEqual(back.map(asArrived), expected, way);
            deepStrictEqual(order, [...sent.keys()], `${way} answers in the order of the asks`);
            const streamed: unknown[] = [];
            for await (const value of refs[way].ask.each(sent)) streamed.push(value);
            deepStrictEqual(streamed.map(asArrived), expected, `${way}, streamed`);
          }),
        );
        // Sending changes nothing at the sender.
        deepStrictEqual(sent.map(asArrived), expected);
      }),
      { numRuns: 100 },
    );
  });
});

describe("what is not in the table", () => {
  const where = fc.array(
    fc.oneof(fc.nat(3), fc.constantFrom("a", "length", "constructor", "get:key", "get:a.b", "with space", "ä")),
    { maxLength: 6 },
  );
  const what = fc.constantFrom(...Object.keys(unsendables));
  const told = ({ code, message, details, retryable }: HoldfastError) => ({ code, message, details, retryable });

  it("is refused in arguments with the same words and the same path, whatever the way", async () => {
    await fc.assert(
      fc.asyncProperty(where, what, async (place, kind) => {
        const path = `args[1]${pathOf(place)}`;
        for (const way of ways) {
          const ask = refs[way].ask.say as (...args: unknown[]) => Promise<unknown>;
          const refusal = await failure(ask("fine", spoil(place, kind)));
          expect(told(refusal), way).toMatchObject({ code: "InvalidValue", details: { path }, retryable: false });
          expect(refusal.message).toContain(`${path} is ${kind}, which cannot be sent`);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is refused in results with the same words and the same path, whatever the way, and its actor lives on", async () => {
    await fc.assert(
      fc.asyncProperty(where, what, async (place, kind) => {
        const seen = await Promise.all(ways.map((way) => failure(refs[way].ask.spoiled(["in", ...place], kind))));
        for (const [i, refusal] of seen.entries()) {
          expect(refusal.code, ways[i]).toBe("InvalidValue");
          expect(refusal.message).toContain(`.in${pathOf(place)} is ${kind}, which cannot be sent`);
          expect(refusal.details).toEqual(seen[0]!.details);
        }
        for (const way of ways) expect(await refs[way].ask.say(kind)).toBe(kind);
      }),
      { numRuns: 60 },
    );
  });
});
