import fc from "fast-check";
import { expect, it } from "vitest";
import { batcher } from "../../../../src/serving/batching/batcher.js";
import { VirtualClock } from "../../../../src/testing/virtual-clock.js";

/** One item: when it comes, what it weighs, until when it is of use, when its caller gives up, what becomes of it. */
const item = fc.record({
  at: fc.integer({ min: 0, max: 60 }),
  key: fc.constantFrom("a", "b"),
  weight: fc.integer({ min: 1, max: 12 }),
  remaining: fc.option(fc.integer({ min: 0, max: 80 }), { nil: Number.POSITIVE_INFINITY }),
  givesUpAfter: fc.option(fc.integer({ min: 0, max: 80 }), { nil: undefined }),
  does: fc.constantFrom("answers", "answers", "answers", "fails", "throws" as const),
});
const settings = fc.record({
  max: fc.integer({ min: 1, max: 6 }),
  delay: fc.integer({ min: 0, max: 20 }),
  maxWeight: fc.integer({ min: 4, max: 30 }),
  maxWaiting: fc.integer({ min: 1, max: 12 }),
  idempotent: fc.boolean(),
  target: fc.option(fc.integer({ min: 5, max: 50 }), { nil: undefined }),
});

it("every item settles once, with its own outcome or a reason, and nothing is left, whatever comes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(item, { minLength: 1, maxLength: 25 }), settings, async (items, { target, ...rest }) => {
      const clock = new VirtualClock();
      let running = 0;
      const ran = items.map(() => 0);
      const batch = batcher<number, string>(
        async (some, { key, weight }) => {
          expect(++running).toBe(1);
          expect(some.length).toBeLessThanOrEqual(rest.max);
          expect(some.every((i) => items[i]!.key === key)).toBe(true);
          expect(weight).toBe(some.reduce((sum, i) => sum + items[i]!.weight, 0));
          if (some.length > 1) expect(weight).toBeLessThanOrEqual(rest.maxWeight);
          for (const i of some) ran[i]!++;
          await new Promise<void>((resolve) => clock.after(3 + some.length, resolve));
          running--;
          if (some.some((i) => items[i]!.does === "throws")) throw new Error("the run failed");
          return some.map((i) => (items[i]!.does === "fails" ? new Error(`${i} failed`) : `${i} done`));
        },
        {
          ...rest,
          clock,
          key: (i) => items[i]!.key,
          weight: (i) => items[i]!.weight,
          ...(target === undefined ? {} : { target }),
        },
      );
      const outcomes: (string | undefined)[] = items.map(() => undefined);
      const settle = (i: number, outcome: string) => {
        expect(outcomes[i]).toBeUndefined();
        outcomes[i] = outcome;
      };
      for (const [i, { at, remaining, givesUpAfter }] of items.entries()) {
        clock.after(at, () => {
          const caller = new AbortController();
          if (givesUpAfter !== undefined) clock.after(givesUpAfter, () => caller.abort(new Error("given up")));
          const answer = batch.add(i, { signal: caller.signal, remaining: () => remaining });
          answer.then(
            (value) => settle(i, value),
            (error: Error) => settle(i, error.name === "Error" ? error.message : error.name),
          );
        });
      }
      await clock.advance(60 + 25 * 60);
      for (const [i, { does, remaining, givesUpAfter }] of items.entries()) {
        const outcome = outcomes[i];
        if (outcome === "Timeout") expect([remaining, ran[i]]).toEqual([expect.any(Number), 0]);
        else if (outcome === "given up") expect([givesUpAfter, ran[i]]).toEqual([expect.any(Number), 0]);
        else if (outcome === "MailboxFull") expect(ran[i]).toBe(0);
        else if (outcome === "the run failed") expect(does === "throws" || !rest.idempotent || cut(i)).toBe(true);
        else expect(outcome).toBe(does === "fails" ? `${i} failed` : `${i} done`);
        if (!rest.idempotent) expect(ran[i]).toBeLessThanOrEqual(1);
      }
      /** Where its run failed and it was given up or late by then, it is not run again: that failure is its outcome. */
      function cut(i: number): boolean {
        return items[i]!.givesUpAfter !== undefined || items[i]!.remaining < Number.POSITIVE_INFINITY;
      }
      expect(batch.stats()).toMatchObject({ waiting: 0, waitingWeight: 0, running: 0 });
      expect(clock.pending).toBe(0);
    }),
    { numRuns: 300 },
  );
});
