import fc from "fast-check";
import { Actor, inline, keyed, majority, pool, refuse, supervisor } from "holdfast";
import { testSystem } from "holdfast/testing";
import { expect, it } from "vitest";
import { unbalanced } from "./balance.js";

/** Takes its time, answers, refuses and throws as it is told; its time is the clock's. */
class Worker extends Actor {
  static override methods = { again: { idempotent: true }, stuck: { limit: "300ms" as const } };
  #sum = 0;
  work(ms: number): Promise<number> {
    return new Promise((resolve) => this.after(ms, () => resolve(ms)));
  }
  again(ms: number): Promise<number> {
    return this.work(ms);
  }
  add(n: number): number {
    this.#sum += n;
    return this.#sum;
  }
  fail(): never {
    throw new TypeError("as told");
  }
  refuse(): never {
    throw refuse("as told");
  }
  stuck(): Promise<never> {
    return new Promise(() => {});
  }
  async *count(to: number): AsyncGenerator<number> {
    for (let i = 0; i < to; i++) {
      await this.work(1);
      yield i;
    }
  }
}

/** The same with a state that is rebuilt by running messages again. */
class Keeper extends Worker {
  #kept: number[] = [];
  keep(n: number): number {
    this.#kept.push(n);
    return this.#kept.length;
  }
  snapshot(): number[] {
    return this.#kept;
  }
  restore(kept: number[]): void {
    this.#kept = kept;
  }
}

const names = ["plain", "tight", "newest", "late", "pool", "routed", "voters", "keeper", "keyed"] as const;
const methods = ["work", "again", "add", "fail", "refuse", "stuck"] as const;

const small = { mailbox: { messages: 3 }, window: 2 };
const quick = { backoff: { initial: 5, jitter: 0 }, intensity: { restarts: 1000, within: "1s" as const } };
const tree = () =>
  supervisor(
    {},
    {
      plain: inline(Worker, undefined, quick),
      tight: inline(Worker, undefined, { ...small, ...quick }),
      newest: inline(Worker, undefined, { mailbox: { messages: 2, overflow: "drop-oldest" }, window: 1, ...quick }),
      late: inline(Worker, undefined, { mailbox: { messages: 2, overflow: "wait" }, window: 1, ...quick }),
      pool: pool(inline(Worker, undefined, { ...small, ...quick }), { min: 1, max: 3, scale: { targetWait: 5 } }),
      routed: pool(inline(Worker, undefined, { ...small, ...quick }), { size: 2, route: "round-robin" }),
      voters: majority(inline(Worker, undefined, quick), { size: 3 }),
      keeper: inline(Keeper, undefined, { snapshotEvery: 3, ...quick }),
      keyed: keyed(inline(Keeper, undefined, { ...small, ...quick }), { cells: 2, maxKeys: 3, idle: "1s" }),
    },
  );

const call = {
  to: fc.constantFrom(...names),
  method: fc.constantFrom(...methods),
  n: fc.integer({ min: 0, max: 40 }),
  priority: fc.constantFrom(undefined, undefined, "high" as const, "low" as const),
};
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ does: fc.constant("ask" as const), ...call, givesUp: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant("tell" as const), ...call }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("flood" as const), ...call }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("stream" as const), ...call }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("kill" as const), ...call }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("restart" as const), ...call }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("measure" as const) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("resize" as const), n: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant("advance" as const), n: fc.integer({ min: 0, max: 400 }) }) },
);

it("whatever is asked, killed, restarted and given up: each unit adds up at each step, and outcomes are what callers had", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      const test = await testSystem(tree());
      const { app } = test;
      const heard = { answered: 0, told: 0, refusedTells: 0, failed: 0 };
      const asks: Promise<unknown>[] = [];
      const hear = (outcome: Promise<unknown>) => {
        asks.push(
          outcome.then(
            () => heard.answered++,
            () => heard.failed++,
          ),
        );
      };
      // biome-ignore lint/suspicious/noExplicitAny: the calls are chosen by chance
      const refOf = (to: (typeof names)[number], n: number): any => {
        const ref = test.refs[to];
        return to === "keyed" ? (ref as (typeof test.refs)["keyed"]).key(`k${n % 4}`) : ref;
      };
      const tells = (ref: { tell: Record<string, (n: number) => boolean> }, method: string, n: number) => {
        if (ref.tell[method]!(n)) heard.told++;
        else heard.refusedTells++;
      };
      for (const one of steps) {
        if (one.does === "advance") await test.advance(one.n);
        else if (one.does === "measure") app.measure();
        else if (one.does === "resize") void app.resize("pool", one.n).catch(() => {});
        else if (one.does === "kill") app.kill(one.to, one.to === "keyed" ? { key: `k${one.n % 4}` } : {});
        else if (one.does === "restart") void app.restart(one.to).catch(() => {});
        else {
          const ref = refOf(one.to, one.n);
          const options = one.priority ? { priority: one.priority } : {};
          if (one.does === "flood") for (let i = 0; i < 20; i++) tells(ref, "add", i);
          else if (one.does === "tell") tells(ref.with(options), one.method, one.n);
          else if (one.to === "voters") void ref.ask[one.method](one.n).catch(() => {});
          else if (one.does === "ask") {
            hear(ref.with({ ...options, timeout: one.givesUp ? one.n + 1 : 500 }).ask[one.method](one.n));
          } else {
            hear(
              (async () => {
                for await (const value of ref.ask.count(one.n % 5)) void value;
              })(),
            );
          }
        }
        expect(unbalanced(app.stats())).toEqual([]);
      }
      await test.advance(2000);
      expect(unbalanced(app.stats())).toEqual([]);
      await test.stop();
      await Promise.all(asks);
      const after = app.stats();
      expect(unbalanced(after)).toEqual([]);
      const own = after.units.filter(({ partOf }) => partOf === undefined);
      expect(own.filter(({ waiting, executing }) => waiting + executing > 0)).toEqual([]);
      const sum = (of: (unit: (typeof own)[number]) => number) => own.reduce((total, unit) => total + of(unit), 0);
      const all = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
      const callers = own.filter(({ path }) => !path.endsWith("/voters"));
      const of = (pick: (unit: (typeof own)[number]) => number) =>
        callers.reduce((total, unit) => total + pick(unit), 0);
      if (!steps.some((one) => "to" in one && one.to === "voters")) {
        const said = { answered: of((unit) => unit.answered), accepted: of((unit) => unit.accepted) };
        expect(said.answered).toBe(heard.answered);
        expect(said.accepted + of((unit) => all(unit.refused))).toBe(
          heard.answered + heard.failed + heard.told + heard.refusedTells,
        );
      }
      expect(sum(({ latency, answered }) => (latency ? Math.max(0, latency.count - answered) : 0))).toBe(0);
      expect(after.reports).toBeGreaterThanOrEqual(app.reports().length);
      for (const { latency } of own) {
        expect(latency?.buckets.reduce((a, b) => a + b, 0)).toBe(latency?.count);
      }
    }),
    { numRuns: 30 },
  );
}, 120_000);
