import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { seededChance } from "../../../../src/clock.js";
import { type ErrorCode, HoldfastError } from "../../../../src/errors.js";
import { ResponseCache } from "../../../../src/serving/policies/cache/response-cache.js";
import { guarded } from "../../../../src/serving/policies/guarded.js";
import { VirtualClock } from "../../../../src/testing/virtual-clock.js";

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);
beforeAll(() => void process.on("unhandledRejection", note));
afterAll(() => void process.off("unhandledRejection", note));

const codes: ErrorCode[] = [
  "MailboxFull",
  "ActorDied",
  "Timeout",
  "Refused",
  "Unavailable",
  "Cancelled",
  "InvalidValue",
];

/** What the work does, run for run: a value or an error after a while, or nothing for ever; it may obey its signal. */
const run = fc.record({
  end: fc.constantFrom<"value" | "never" | ErrorCode>("value", "value", "value", "never", ...codes),
  afterMs: fc.nat(120),
  obeys: fc.boolean(),
});
const call = fc.record({
  afterMs: fc.nat(60),
  arg: fc.nat(2),
  timeout: fc.integer({ min: 1, max: 400 }),
  abortAfterMs: fc.option(fc.nat(200), { nil: undefined, freq: 3 }),
});
const policies = fc.record(
  {
    timeout: fc.integer({ min: 1, max: 300 }),
    cache: fc.record({ ttl: fc.nat(50), staleIfError: fc.nat(100), refusals: fc.nat(50) }),
    retry: fc.record(
      {
        attempts: fc.integer({ min: 1, max: 4 }),
        attemptTimeout: fc.integer({ min: 1, max: 100 }),
        budget: fc.constant(1),
      },
      { requiredKeys: ["attempts", "budget"] },
    ),
    breaker: fc.record({
      minimumCalls: fc.integer({ min: 1, max: 5 }),
      openFor: fc.integer({ min: 1, max: 100 }),
      slowAfter: fc.integer({ min: 1, max: 100 }),
    }),
    hedge: fc.record({ after: fc.nat(50), budget: fc.constant(1) }),
    fallback: fc.constantFrom<"value" | "throws" | "hangs">("value", "throws", "hangs"),
  },
  { requiredKeys: [] },
);

it("whatever the work does and whoever gives up, every call has one outcome by its deadline, and leaves nothing behind", async () => {
  await fc.assert(
    fc.asyncProperty(
      policies,
      fc.array(run, { minLength: 1, maxLength: 12 }),
      fc.array(call, { maxLength: 12 }),
      async (given, runs, calls) => {
        const clock = new VirtualClock();
        const { cache: keeps, fallback, ...rest } = given;
        const cache = keeps && new ResponseCache(keeps, { clock });
        await cache?.opened();
        let ran = 0;
        let running = 0;
        const work = guarded(
          ({ signal }, arg: number) =>
            new Promise<number[]>((resolve, reject) => {
              const { end, afterMs, obeys } = runs[ran++ % runs.length]!;
              running++;
              const over = (then: () => void) => () => {
                timer?.cancel();
                running--;
                then();
              };
              const timer =
                end === "never"
                  ? undefined
                  : clock.after(
                      afterMs,
                      over(() => (end === "value" ? resolve([arg]) : reject(new HoldfastError(end, "as it was told")))),
                    );
              if (obeys || end === "never")
                signal.addEventListener(
                  "abort",
                  over(() => reject(signal.reason)),
                  { once: true },
                );
            }),
          {
            ...rest,
            ...(cache ? { cache } : {}),
            ...(fallback ? { fallback: { to: () => answers[fallback]() } } : {}),
            clock,
            chance: seededChance(1),
            idempotent: true,
          },
        );
        const answers = {
          value: () => [-1],
          throws: () => {
            throw new Error("no fallback either");
          },
          hangs: () => new Promise<never>(() => {}),
        };
        const outcomes: { by: number; arg: number; at?: number; value?: unknown; error?: unknown; times: number }[] =
          [];
        for (const { afterMs, arg, timeout, abortAfterMs } of calls) {
          await clock.advance(afterMs);
          const caller = new AbortController();
          const outcome: (typeof outcomes)[number] = { by: clock.now() + timeout, arg, times: 0 };
          outcomes.push(outcome);
          work
            .with({ timeout, signal: caller.signal })(arg)
            .then(
              (value) =>
                Object.assign(outcome, { value: [...value], at: clock.now(), times: outcome.times + 1 }) &&
                value.push(99),
              (error) => Object.assign(outcome, { error, at: clock.now(), times: outcome.times + 1 }),
            );
          if (abortAfterMs !== undefined) clock.after(abortAfterMs, () => caller.abort());
          // What is refused at once is heard of before time goes on.
          await new Promise((resolve) => setImmediate(resolve));
        }
        await clock.advance(2000);
        for (const { by, arg, at, value, error, times } of outcomes) {
          expect(times).toBe(1);
          expect(at).toBeLessThanOrEqual(by + 1);
          // What one caller did to its answer is not seen by the next.
          if (error === undefined) expect([[arg], [-1]]).toContainEqual(value);
          else expect(error).toBeInstanceOf(Error);
        }
        expect(running).toBe(0);
        expect(clock.pending).toBe(0);
      },
    ),
    { numRuns: 300 },
  );
  await new Promise((resolve) => setImmediate(resolve));
  expect(unhandled).toEqual([]);
});
