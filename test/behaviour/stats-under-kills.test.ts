import { keyed, pool, supervisor, system } from "holdfast";
import { memory } from "holdfast/state";
import { expect, it } from "vitest";
import { Hand, Ledger } from "../actors/cast.mjs";
import { unbalanced } from "./balance.js";
import { at } from "./stage.js";
import { until } from "./until.js";

const rules = { backoff: { initial: 1, jitter: 0 }, intensity: { restarts: 10_000, within: "60s" as const } };

/** A generator of numbers from 0 to below `below`, the same each time. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

it("threads, processes and inline actors under kills, hangs, recycling and scaling: each message is counted once", async () => {
  const tree = supervisor(
    { intensity: rules.intensity },
    {
      hands: pool(at("thread", Hand, {}, rules), { min: 1, max: 3 }),
      plain: at("inline", Hand, {}, rules),
      forked: at("fork", Hand, {}, rules),
      books: keyed(at("thread", Ledger, {}, { ...rules, snapshotEvery: 2 }), { cells: { max: 2 } }),
      stored: at("thread", Ledger, {}, { ...rules, durable: true }),
      below: supervisor(
        { intensity: rules.intensity },
        { one: at("thread", Hand, {}, rules), two: at("inline", Hand, {}, rules) },
      ),
    },
  );
  const app = await system(tree, { store: memory() });
  try {
    const { hands, plain, forked, books, stored, below } = app.refs;
    const next = dice(20_260_101);
    const heard = { answered: 0, failed: 0, told: 0, untold: 0 };
    const outcomes: Promise<void>[] = [];
    let kills = 0;
    const ask = (answer: Promise<unknown>) => {
      const count = answer.then(
        () => void heard.answered++,
        () => void heard.failed++,
      );
      outcomes.push(count);
    };
    const tell = (accepted: boolean) => {
      if (accepted) heard.told++;
      else heard.untold++;
    };
    const all = [hands, plain, forked, below.one, below.two];
    const release = app.measure();
    for (let round = 0; round < 40; round++) {
      for (const hand of all) {
        for (let i = 0; i < 8; i++) ask(hand.ask.say(i));
        for (let i = 0; i < 8; i++) tell(hand.tell.keep(i));
        ask(hand.with({ timeout: 1 + next(30) }).ask.say("hurried"));
        if (next(8) === 0) ask(hand.ask.fail("as told"));
        if (next(8) === 0) ask(hand.ask.refuse("as told"));
      }
      const key = books.key(`k${next(5)}`);
      for (let i = 0; i < 5; i++) ask(key.ask.add(`${i}`));
      for (let i = 0; i < 5; i++) ask(stored.ask.add(`${i}`));
      if (next(10) === 0) ask(forked.ask.hang());
      if (next(10) === 0) ask(hands.ask.hangAgain());
      if (next(12) === 0) ask(below.one.ask.exit(3));
      const victim = ["hands", "plain", "forked", "below/one", "below/two", "stored"][next(18)];
      if (victim && app.kill(victim)) kills++;
      if (next(6) === 0) app.kill("books", { key: `k${next(5)}` });
      if (next(6) === 0) void app.resize("hands", 1 + next(3)).catch(() => {});
      if (next(15) === 0) void app.restart("below").catch(() => {});
      expect(unbalanced(app.stats())).toEqual([]);
      await new Promise((resolve) => setTimeout(resolve, next(20)));
      expect(unbalanced(app.stats())).toEqual([]);
    }
    await Promise.all(outcomes);
    const open = () => app.stats().units.filter(({ waiting, executing }) => waiting + executing > 0);
    await until(() => open().length === 0, "the last tell");
    const { units, reports } = app.stats();
    expect(unbalanced(app.stats())).toEqual([]);
    const own = units.filter(({ partOf }) => partOf === undefined);
    const sum = (of: (unit: (typeof own)[number]) => number) => own.reduce((total, unit) => total + of(unit), 0);
    const counts = (by: Readonly<Record<string, number>>) => Object.values(by).reduce((a, b) => a + b, 0);
    expect(sum(({ answered }) => answered)).toBe(heard.answered);
    expect(sum(({ accepted, refused }) => accepted + counts(refused))).toBe(
      heard.answered + heard.failed + heard.told + heard.untold,
    );
    expect(kills).toBeGreaterThan(5);
    expect(reports).toBeGreaterThanOrEqual(kills);
    // What was told before an answer came is timed too: no clock was read for none of them.
    for (const { latency, answered } of own) expect(latency?.count ?? 0).toBe(answered);
    release();
    const before = sum(({ accepted }) => accepted);
    await app.stop();
    expect(unbalanced(app.stats())).toEqual([]);
    expect(app.stats().units.reduce((total, unit) => total + unit.accepted, 0)).toBe(before);
  } finally {
    await app.stop({ drain: 0 });
  }
}, 120_000);
