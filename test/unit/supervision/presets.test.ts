import { describe, expect, it } from "vitest";
import { pause } from "../../../src/supervision/backoff.js";
import { presets } from "../../../src/supervision/presets.js";

const defaults = presets.server;

import { childRules, supervisorRules } from "../../../src/supervision/spec.js";

describe("the defaults of supervision", () => {
  it("are these", () => {
    expect(defaults).toEqual({
      strategy: "one-for-one",
      restart: "permanent",
      shutdownMs: 5_000,
      startTimeoutMs: 30_000,
      intensity: { restarts: 5, withinMs: 60_000 },
      guiltyIntensity: { restarts: 1_000, withinMs: 60_000 },
      supervisorIntensity: { restarts: 20, withinMs: 60_000 },
      overBudget: "escalate",
      guiltyOverBudget: "quarantine",
      backoff: { initialMs: 200, factor: 2, maxMs: 30_000, jitter: 0.2, healthyAfterMs: 30_000 },
    });
  });

  it("are valid as a user would write them, and mean the same", () => {
    const { intensity, guiltyIntensity, supervisorIntensity, backoff } = defaults;
    const written = (budget: { restarts: number; withinMs: number }) => ({
      restarts: budget.restarts,
      within: budget.withinMs,
    });
    expect(
      childRules(
        {
          restart: defaults.restart,
          shutdown: defaults.shutdownMs,
          startTimeout: defaults.startTimeoutMs,
          intensity: written(intensity),
          guiltyIntensity: written(guiltyIntensity),
          backoff: {
            initial: backoff.initialMs,
            factor: backoff.factor,
            max: backoff.maxMs,
            jitter: backoff.jitter,
            healthyAfter: backoff.healthyAfterMs,
          },
        },
        "app.a",
      ),
    ).toEqual(childRules({}, "app.a"));
    expect(supervisorRules({ strategy: defaults.strategy, intensity: written(supervisorIntensity) }, "app")).toEqual(
      supervisorRules({}, "app"),
    );
  });

  it("let a child that dies as soon as it is up reach its budget: the pauses alone do not outlast the window", () => {
    let total = 0;
    for (let restart = 1; restart <= defaults.intensity.restarts; restart++)
      total += pause(defaults.backoff, restart, () => 0);
    expect(total).toBe(3_000);
    expect(total).toBeLessThan(defaults.intensity.withinMs);
  });

  it("let several children use up their own budget before the supervisor's is over", () => {
    expect(defaults.supervisorIntensity.restarts).toBeGreaterThanOrEqual(4 * defaults.intensity.restarts);
    expect(defaults.guiltyIntensity.restarts).toBeGreaterThan(defaults.intensity.restarts);
  });
});
