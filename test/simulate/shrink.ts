import type { Scenario } from "./plan.js";
import { type Result, Simulation, type SimulationOptions } from "./simulation.js";

export interface Shrunk {
  readonly scenario: Scenario;
  readonly result: Result;
}

/**
 * The fewest operations that still break the same law, found greedily: leave out halves, then quarters, … then single
 * ones, as long as that goes on working. Undefined when the whole scenario does not break it (any more).
 */
export async function shrink(
  scenario: Scenario,
  law: string,
  options: SimulationOptions = {},
): Promise<Shrunk | undefined> {
  const breaks = async (tried: Scenario): Promise<Shrunk | undefined> => {
    const result = await new Simulation(tried, options).run();
    return result.found.some((one) => one.law === law) ? { scenario: tried, result } : undefined;
  };
  let best = await breaks(scenario);
  if (!best) return undefined;
  for (let size = Math.ceil(scenario.ops.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.scenario.ops.length; ) {
      const ops = best.scenario.ops.toSpliced(at, size);
      const smaller: Shrunk | undefined = await breaks({ ...scenario, ops });
      if (smaller) best = smaller;
      else at += size;
    }
  }
  return best;
}
