import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Chance, seededChance } from "../../../src/clock.js";
import {
  type AdmissionView,
  admit,
  busyFor,
  startsIn,
  worthStarting,
} from "../../../src/routing/admission/admission-rule.js";
import { type LearnedMethod, observeMethod } from "../../../src/routing/admission/learned-method.js";
import { overload } from "./simulated-admission.js";

const view: AdmissionView = {
  leftMs: 100,
  ahead: 0,
  serviceMs: 10,
  own: { ms: 10, spreadMs: 0 },
  freeIn: [5, 8],
  maxWaitMs: Number.POSITIVE_INFINITY,
};

describe("when a message will start", () => {
  it("is when the first member is free, where nobody is ahead", () => {
    expect(startsIn([5, 8], 0, 10)).toBe(5);
    expect(startsIn([0, 8, 1000], 0, 10)).toBe(0);
  });

  it("is when those ahead have been taken by the members that are free before it", () => {
    expect(startsIn([0], 5, 10)).toBe(50);
    // Two that end in turn: 0, 5, 10, 15, 20.
    expect(startsIn([0, 5], 4, 10)).toBeCloseTo(20);
    // One that hangs takes none of it.
    expect(startsIn([0, 60_000], 5, 10)).toBe(50);
  });

  it("is what a plain simulation of equal messages says, to one message at each member", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 8 }),
        fc.nat(50),
        fc.integer({ min: 1, max: 40 }),
        (freeIn, ahead, serviceMs) => {
          const free = [...freeIn];
          const starts = () => free.indexOf(Math.min(...free));
          for (let i = 0; i < ahead; i++) free[starts()]! += serviceMs;
          const really = Math.min(...free);
          expect(Math.abs(startsIn(freeIn, ahead, serviceMs) - really)).toBeLessThanOrEqual(serviceMs);
        },
      ),
    );
  });

  it("is never sooner for one that comes behind more, nor with members that are free later", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 8 }),
        fc.nat(50),
        fc.nat(50),
        (freeIn, ahead, later) => {
          const before = startsIn(freeIn, ahead, 10);
          expect(startsIn(freeIn, ahead + 1, 10)).toBeGreaterThanOrEqual(before - 1e-9);
          const delayed = freeIn.map((free) => free + later);
          expect(startsIn(delayed, ahead, 10)).toBeCloseTo(before + later);
        },
      ),
    );
  });

  it("is at once where there are no members: one will be started for it", () => {
    expect(startsIn([], 10, 10)).toBe(0);
  });
});

describe("who is let in", () => {
  it("is who can be answered in time", () => {
    expect(admit(view)).toMatchObject({ admitted: true });
    expect(admit({ ...view, ahead: 10 })).toMatchObject({ admitted: true });
    expect(admit({ ...view, ahead: 20 })).toMatchObject({ admitted: false });
    expect(admit({ ...view, leftMs: 12 })).toMatchObject({ admitted: false });
    expect(admit({ ...view, own: { ms: 50, spreadMs: 50 } })).toMatchObject({ admitted: false });
    expect(admit({ ...view, leftMs: Number.POSITIVE_INFINITY, ahead: 1e6 })).toMatchObject({ admitted: true });
  });

  it("nobody waits longer than maxWait, deadline or not", () => {
    const open = { ...view, leftMs: Number.POSITIVE_INFINITY, maxWaitMs: 40 };
    expect(admit({ ...open, ahead: 6 })).toMatchObject({ admitted: true });
    expect(admit({ ...open, ahead: 12 })).toMatchObject({ admitted: false });
  });

  it("is told to come back when it would have had a chance: then it is let in, if nothing more came", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(200), { minLength: 1, maxLength: 6 }),
        fc.nat(60),
        fc.integer({ min: 20, max: 500 }),
        (freeIn, ahead, leftMs) => {
          const asked = { ...view, freeIn, ahead, leftMs };
          const { admitted, retryAfterMs } = admit(asked);
          if (admitted) return;
          expect(retryAfterMs).toBeGreaterThan(0);
          // What those ahead take goes on meanwhile.
          const members = freeIn.map((free) => free + (ahead * 10) / freeIn.length - retryAfterMs);
          const later = { ...asked, ahead: 0, freeIn: members.map((free) => Math.max(0, free)) };
          expect(admit(later).admitted).toBe(true);
        },
      ),
    );
  });

  it("one whose time is up is not started before others", () => {
    expect(worthStarting(20, { ms: 10, spreadMs: 5 })).toBe(true);
    expect(worthStarting(12, { ms: 10, spreadMs: 5 })).toBe(false);
  });

  it("a member past its usual time is expected to take as much longer as it is past", () => {
    expect([0, 6, 10, 14, 60_000].map((age) => busyFor(10, age))).toEqual([10, 4, 0, 4, 59_990]);
  });
});

describe("what a method is learned to take", () => {
  it("has a spread of nothing where all are alike, and about three quarters of the mean where they are exponential", () => {
    let alike: LearnedMethod | undefined;
    for (let i = 0; i < 100; i++) alike = observeMethod(alike, 10, i);
    expect(alike).toMatchObject({ ms: 10, spreadMs: 0, seen: 100 });
    const chance = seededChance(3);
    let known: LearnedMethod | undefined;
    let sum = 0;
    for (let i = 0; i < 20_000; i++) {
      known = observeMethod(known, -Math.log(1 - chance()) * 10, i);
      if (i >= 1000) sum += known!.spreadMs;
    }
    expect(sum / 19_000).toBeGreaterThan(6);
    expect(sum / 19_000).toBeLessThan(9);
  });

  it("one outlier does not make it useless", () => {
    let known: LearnedMethod | undefined;
    for (let i = 0; i < 100; i++) known = observeMethod(known, 10, i);
    known = observeMethod(known, 60_000, 100);
    expect(known!.ms + known!.spreadMs).toBeLessThan(14);
  });

  it("what is no time changes nothing", () => {
    const known = observeMethod(undefined, 10, 0);
    for (const ms of [Number.NaN, -1, Number.POSITIVE_INFINITY]) expect(observeMethod(known, ms, 1)).toBe(known);
  });
});

const services: readonly [name: string, draw: (chance: Chance) => number][] = [
  ["all alike", () => 10],
  ["uniform", (chance) => 5 + 10 * chance()],
  ["exponential", (chance) => -Math.log(1 - chance()) * 10],
  ["one of ten ten times as long", (chance) => (chance() < 0.9 ? 10 / 1.9 : 100 / 1.9)],
];

describe("answers in time at more than the capacity", () => {
  const play = (draw: (chance: Chance) => number, load: number, deadlineMs: number, admission: boolean, members = 4) =>
    overload({ load, draw, meanMs: 10, deadlineMs, members, forMs: 40_000, admission, chance: seededChance(11) });

  it.each(services)("stay as many as at the capacity, at twice and five times of it: %s", (_, draw) => {
    for (const deadlineMs of [50, 100, 400]) {
      const full = play(draw, 1, deadlineMs, true);
      for (const load of [2, 5]) {
        const over = play(draw, load, deadlineMs, true);
        expect(over.good / full.good, `${load} × at ${deadlineMs} ms`).toBeGreaterThanOrEqual(0.9);
        expect(over.late, `${load} × at ${deadlineMs} ms`).toBeLessThan(0.2);
      }
    }
  });

  it.each(services)("a plain queue collapses under the same load: %s", (_, draw) => {
    expect(play(draw, 2, 100, false).good).toBeLessThan(0.4);
  });

  it.each(services)("next to nothing is lost to it below the capacity: %s", (_, draw) => {
    for (const deadlineMs of [100, 400]) {
      const plain = play(draw, 0.7, deadlineMs, false);
      const judged = play(draw, 0.7, deadlineMs, true);
      expect(judged.good / plain.good).toBeGreaterThan(0.97);
    }
  });

  it("the same with one member", () => {
    for (const [, draw] of services.slice(0, 3)) {
      expect(play(draw, 2, 100, true, 1).good / play(draw, 1, 100, true, 1).good).toBeGreaterThanOrEqual(0.9);
    }
  });
});
