import { describe, expect, it } from "vitest";
import { seededChance } from "../../../../src/clock.js";
import { costOf, learnCost, partsOf, unknownCost } from "../../../../src/serving/batching/batch-cost.js";
import { decideBatch, type WaitingItem } from "../../../../src/serving/batching/batch-rule.js";

const limits = { maxSize: 4, maxWeight: 100, maxDelayMs: 10 };
const item = (over: Partial<WaitingItem> = {}): WaitingItem => ({
  key: "",
  weight: 1,
  since: 0,
  deadline: Number.POSITIVE_INFINITY,
  ...over,
});
const learned = (samples: readonly (readonly [number, number])[]) =>
  samples.reduce((cost, [n, ms]) => learnCost(cost, n, ms), unknownCost);

describe("the cost of a batch", () => {
  it("is unknown before the first one", () => {
    expect(costOf(unknownCost, 3)).toBeUndefined();
  });

  it("is found as a fixed part and one for each item, through noise", () => {
    const chance = seededChance(7);
    const samples = Array.from({ length: 500 }, () => {
      const n = 1 + Math.floor(chance() * 16);
      return [n, (5 + 2 * n) * (0.9 + 0.2 * chance())] as const;
    });
    const { fixedMs, eachMs } = partsOf(learned(samples))!;
    expect(fixedMs).toBeGreaterThan(4);
    expect(fixedMs).toBeLessThan(6);
    expect(eachMs).toBeGreaterThan(1.8);
    expect(eachMs).toBeLessThan(2.2);
  });

  it("promises no gain from batches while all were of one size", () => {
    const cost = learned([
      [2, 10],
      [2, 10],
    ]);
    expect(costOf(cost, 4)).toBeCloseTo(20);
  });

  it("promises next to none while nearly all were of one size", () => {
    const alike = Array.from({ length: 100 }, () => [2, 10] as const);
    const { fixedMs } = partsOf(learned([...alike, [1, 11], ...alike]))!;
    expect(fixedMs).toBeLessThan(2.5);
  });

  it("is not thrown by one that the machine held up, and follows a model that has become slower", () => {
    const usual = Array.from({ length: 50 }, (_, i) => [1 + (i % 4), 5 + (i % 4)] as const);
    const before = costOf(learned(usual), 2)!;
    expect(costOf(learnCost(learned(usual), 2, 10_000), 2)).toBeLessThan(before * 1.2);
    const slower = usual.map(([n, ms]) => [n, ms * 3] as const);
    expect(costOf(learned([...usual, ...slower, ...slower, ...slower, ...slower]), 2)).toBeGreaterThan(before * 2.3);
  });
});

describe("a batch", () => {
  it("waits for others, for the delay and no longer", () => {
    expect(decideBatch([item()], limits, () => unknownCost, true, 3)).toEqual({ is: "wait", until: 10 });
    expect(decideBatch([item()], limits, () => unknownCost, true, 10)).toEqual({ is: "run", items: [0], why: "delay" });
  });

  it("runs at once when it is full, by size or by weight", () => {
    const five = Array.from({ length: 5 }, () => item());
    expect(decideBatch(five, limits, () => unknownCost, true, 0)).toEqual({
      is: "run",
      items: [0, 1, 2, 3],
      why: "full",
    });
    const heavy = [item({ weight: 60 }), item({ weight: 60 })];
    expect(decideBatch(heavy, limits, () => unknownCost, true, 0)).toEqual({ is: "run", items: [0], why: "full" });
    expect(decideBatch([item({ weight: 500 })], limits, () => unknownCost, true, 0)).toMatchObject({ items: [0] });
  });

  it("grows while no member is free", () => {
    const ten = Array.from({ length: 10 }, () => item());
    expect(decideBatch(ten, limits, () => unknownCost, false, 99)).toEqual({
      is: "wait",
      until: Number.POSITIVE_INFINITY,
    });
  });

  it("is made of the oldest one's key, in order", () => {
    const mixed = [item({ key: "a" }), item({ key: "b" }), item({ key: "a" })];
    expect(decideBatch(mixed, limits, () => unknownCost, true, 10)).toEqual({ is: "run", items: [0, 2], why: "delay" });
  });

  it("never waits past what a deadline allows, the cost of one more included", () => {
    const cost = learned([
      [1, 6],
      [2, 8],
      [4, 12],
    ]);
    const tight = [item({ deadline: 12 })];
    const waits = decideBatch(tight, { ...limits, maxDelayMs: 100 }, () => cost, true, 0);
    expect(waits.is).toBe("wait");
    const { until } = waits as { until: number };
    expect(until + costOf(cost, 2)!).toBeLessThan(12);
    expect(decideBatch(tight, limits, () => cost, true, until)).toMatchObject({ is: "run", why: "deadline" });
  });

  it("waits no longer than what a shared run saves, and not at all where that is nothing", () => {
    const patient = { ...limits, maxDelayMs: 100 };
    const shares = learned([
      [1, 6],
      [2, 8],
      [4, 12],
    ]);
    const { fixedMs } = partsOf(shares)!;
    expect(fixedMs).toBeGreaterThan(3.5);
    expect(decideBatch([item()], patient, () => shares, true, 0)).toEqual({ is: "wait", until: fixedMs });
    expect(decideBatch([item()], patient, () => shares, true, 4.1)).toMatchObject({ is: "run", why: "delay" });
    const alone = learned([
      [1, 5],
      [2, 10],
      [4, 20],
    ]);
    expect(decideBatch([item()], patient, () => alone, true, 0)).toMatchObject({ is: "run", why: "delay" });
  });

  it("keeps half of the time for a run of which nothing is known", () => {
    const patient = { ...limits, maxDelayMs: 100 };
    expect(decideBatch([item({ deadline: 30 })], patient, () => unknownCost, true, 0)).toEqual({
      is: "wait",
      until: 15,
    });
  });

  it("takes no more than what makes nobody in it late; who is late in any case limits none", () => {
    const cost = learned([
      [1, 6],
      [2, 8],
      [4, 12],
    ]);
    const others = [item(), item(), item()];
    // Alone it takes 6 ms and a quarter of that; two take 10, three 12.5.
    expect(decideBatch([item({ deadline: 11 }), ...others], limits, () => cost, true, 0)).toEqual({
      is: "run",
      items: [0, 1],
      why: "deadline",
    });
    expect(decideBatch([...others, item({ deadline: 13 })], limits, () => cost, true, 0)).toMatchObject({
      items: [0, 1, 2],
      why: "deadline",
    });
    expect(decideBatch([item({ deadline: 2 }), ...others], limits, () => cost, true, 0)).toMatchObject({
      items: [0, 1, 2, 3],
      why: "full",
    });
  });

  it("of another key runs while the oldest still waits, and the oldest is first once its time has come", () => {
    const mixed = [item({ key: "a" }), ...Array.from({ length: 4 }, () => item({ key: "b", since: 1 }))];
    expect(decideBatch(mixed, limits, () => unknownCost, true, 2)).toMatchObject({ items: [1, 2, 3, 4], why: "full" });
    expect(decideBatch(mixed, limits, () => unknownCost, true, 10)).toMatchObject({ items: [0], why: "delay" });
  });

  it("loses nobody and starves no key, whatever comes", () => {
    const chance = seededChance(11);
    for (let round = 0; round < 200; round++) {
      let waiting = Array.from({ length: 1 + Math.floor(chance() * 12) }, (_, i) =>
        item({ key: chance() < 0.5 ? "a" : "b", since: i, weight: 1 + Math.floor(chance() * 60) }),
      );
      const order = waiting;
      const ran: WaitingItem[] = [];
      for (let steps = 0; waiting.length > 0; steps++) {
        expect(steps).toBeLessThan(20);
        const oldest = waiting[0]!;
        const decision = decideBatch(waiting, limits, () => unknownCost, true, 1000);
        if (decision.is !== "run") throw new Error("nothing ran, and all had waited");
        const batch = decision.items.map((i) => waiting[i]!);
        expect(batch[0]).toBe(oldest);
        expect(batch.length).toBeLessThanOrEqual(limits.maxSize);
        ran.push(...batch);
        waiting = waiting.filter((one) => !batch.includes(one));
      }
      expect(new Set(ran).size).toBe(order.length);
      for (const key of ["a", "b"])
        expect(ran.filter((one) => one.key === key)).toEqual(order.filter((one) => one.key === key));
    }
  });
});
