import { describe, expect, it } from "vitest";
import { isHoldfastError } from "../../../src/errors.js";
import { presets } from "../../../src/supervision/presets.js";

const defaults = presets.server;

import type { ChildOptions, SupervisorOptions } from "../../../src/supervision/spec.js";
import { childRules, supervisorRules } from "../../../src/supervision/spec.js";

describe("a child's rules", () => {
  it("are complete when nothing is written", () => {
    expect(childRules({}, "app.digits")).toEqual({
      restart: "permanent",
      shutdown: 5_000,
      startTimeoutMs: 30_000,
      intensity: defaults.intensity,
      guiltyIntensity: defaults.guiltyIntensity,
      overBudget: undefined,
      backoff: defaults.backoff,
      significant: false,
    });
  });

  it.each([
    [{ restart: "transient" }, { restart: "transient" }],
    [{ shutdown: "250ms" }, { shutdown: 250 }],
    [{ shutdown: 0 }, { shutdown: 0 }],
    [{ shutdown: "brutal" }, { shutdown: "brutal" }],
    [{ shutdown: "unlimited" }, { shutdown: "unlimited" }],
    [{ shutdown: Number.POSITIVE_INFINITY }, { shutdown: "unlimited" }],
    [{ startTimeout: "2m" }, { startTimeoutMs: 120_000 }],
    [{ startTimeout: Number.POSITIVE_INFINITY }, { startTimeoutMs: Number.POSITIVE_INFINITY }],
    [{ intensity: { restarts: 0, within: "5s" } }, { intensity: { restarts: 0, withinMs: 5_000 } }],
    [
      { guiltyIntensity: { restarts: Number.POSITIVE_INFINITY, within: 1 } },
      { guiltyIntensity: { restarts: Number.POSITIVE_INFINITY, withinMs: 1 } },
    ],
    [{ overBudget: "quarantine" }, { overBudget: "quarantine" }],
    [
      { backoff: { initial: "1s", factor: 1, max: "1s", jitter: 1, healthyAfter: "1m" } },
      { backoff: { initialMs: 1_000, factor: 1, maxMs: 1_000, jitter: 1, healthyAfterMs: 60_000 } },
    ],
    [{ backoff: { initial: "1m" } }, { backoff: { ...defaults.backoff, initialMs: 60_000, maxMs: 60_000 } }],
  ] as Array<[ChildOptions, object]>)("%j becomes %j", (options, expected) => {
    expect(childRules(options, "app.a")).toMatchObject(expected);
  });

  it.each([
    [{ restart: "always" }, 'app.a.restart is "always": give one of "permanent", "transient", "temporary"'],
    [{ shutdown: "soon" }, 'app.a.shutdown is "soon": give a duration such as 5000 or "5s", "brutal" or "unlimited"'],
    [{ shutdown: -1 }, "app.a.shutdown is -1"],
    [{ startTimeout: 0 }, "app.a.startTimeout is 0: give a duration longer than 0"],
    [{ startTimeout: "30 sec" }, 'app.a.startTimeout is "30 sec"'],
    [{ startTimeout: Number.NaN }, "app.a.startTimeout is NaN"],
    [{ intensity: 3 }, 'app.a.intensity is 3: give an object such as { restarts: 3, within: "60s" }'],
    [
      { intensity: { restarts: -1, within: "5s" } },
      "app.a.intensity.restarts is -1: give a whole number >= 0, or Infinity",
    ],
    [{ intensity: { restarts: 1.5, within: "5s" } }, "app.a.intensity.restarts is 1.5"],
    [{ intensity: { restarts: 3 } }, "app.a.intensity.within is undefined"],
    [{ intensity: { restarts: 3, within: 0 } }, "app.a.intensity.within is 0: give a duration longer than 0"],
    [{ guiltyIntensity: { restarts: Number.NaN, within: 1 } }, "app.a.guiltyIntensity.restarts is NaN"],
    [{ overBudget: "park" }, 'app.a.overBudget is "park": give one of "escalate", "quarantine"'],
    [{ backoff: { initial: Number.POSITIVE_INFINITY } }, "app.a.backoff.initial is Infinity: give a finite duration"],
    [{ backoff: { max: Number.POSITIVE_INFINITY } }, "app.a.backoff.max is Infinity: give a finite duration"],
    [
      { backoff: { initial: "2s", max: "1s" } },
      'app.a.backoff.max is "1s": give at least app.a.backoff.initial, 2000 ms',
    ],
    [{ backoff: { factor: 0.5 } }, "app.a.backoff.factor is 0.5: give a finite number >= 1"],
    [{ backoff: { jitter: 1.1 } }, "app.a.backoff.jitter is 1.1: give a number from 0 to 1"],
    [{ backoff: { jitter: Number.NaN } }, "app.a.backoff.jitter is NaN"],
    [{ backoff: { healthyAfter: "never" } }, 'app.a.backoff.healthyAfter is "never"'],
  ] as unknown as Array<[ChildOptions, string]>)(
    "%j is refused, naming the field and quoting the value",
    (options, message) => {
      const error = thrown(() => childRules(options, "app.a"));
      expect(isHoldfastError(error, "InvalidSpec")).toBe(true);
      expect((error as Error).message).toContain(message);
    },
  );

  it("are one object for all who say nothing else, also where they write the defaults out", () => {
    const usual = childRules({}, "app.a");
    expect(childRules({ restart: "permanent", shutdown: 5_000 }, "app.b")).toBe(usual);
    expect(childRules({ restart: "transient" }, "app.c")).not.toBe(usual);
    expect(childRules({}, "app.d", "edge")).not.toBe(usual);
  });
});

describe("a supervisor's rules", () => {
  it("are complete when nothing is written", () => {
    expect(supervisorRules({}, "app")).toEqual({
      strategy: "one-for-one",
      intensity: defaults.supervisorIntensity,
      overBudget: "escalate",
      guiltyOverBudget: "quarantine",
      autoShutdown: "never",
      order: "kept",
    });
  });

  it("take what is written", () => {
    const options: SupervisorOptions = {
      strategy: "rest-for-one",
      intensity: { restarts: 3, within: "60s" },
      overBudget: "quarantine",
    };
    expect(supervisorRules(options, "app")).toEqual({
      strategy: "rest-for-one",
      intensity: { restarts: 3, withinMs: 60_000 },
      overBudget: "quarantine",
      guiltyOverBudget: "quarantine",
      autoShutdown: "never",
      order: "kept",
    });
  });

  it.each([
    [
      { strategy: "one_for_one" },
      'app.strategy is "one_for_one": did you mean "one-for-one"? (there are: "one-for-one", "all-for-one", "rest-for-one")',
    ],
    [{ intensity: null }, "app.intensity is null"],
    [{ intensity: { restarts: "3", within: 1 } }, 'app.intensity.restarts is "3"'],
    [{ overBudget: "ignore" }, 'app.overBudget is "ignore"'],
  ] as unknown as Array<[SupervisorOptions, string]>)("%j is refused", (options, message) => {
    expect(() => supervisorRules(options, "app")).toThrow(message);
  });
});

function thrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
