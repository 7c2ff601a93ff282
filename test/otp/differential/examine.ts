import { type Comparison, compare, settled, type View } from "./compare.js";
import type { Difference } from "./differences.js";
import { generate } from "./generate.js";
import { playInline } from "./inline-play.js";
import { asTheApiTells, oneAtATime } from "./inline-view.js";
import { playOnOtp } from "./otp.js";
import { playOnPureCore } from "./pure-world.js";
import type { Scenario, Trace } from "./scenario.js";
import { shrink } from "./shrink.js";

/** Who plays a scenario and is held beside OTP. */
export interface Player {
  readonly name: string;
  /** The scenario as it can play it; OTP plays that one too. */
  readonly adapt: (scenario: Scenario) => Scenario;
  readonly view: View;
  play(scenario: Scenario): Trace | Promise<Trace>;
}

export const players: readonly Player[] = [
  { name: "the pure core", adapt: (scenario) => scenario, view: settled, play: playOnPureCore },
  { name: "a running system, inline", adapt: oneAtATime, view: asTheApiTells, play: playInline },
];

export interface Found {
  readonly player: Player;
  readonly scenario: Scenario;
  readonly differs: NonNullable<Comparison["differs"]>;
}

export interface Findings {
  readonly scenarios: number;
  /** Those that agreed with OTP from the first moment to the last, by player. */
  readonly whole: ReadonlyMap<Player, number>;
  /** How many scenarios met each named difference. */
  readonly met: ReadonlyMap<Difference, number>;
  /** What nothing explains. */
  readonly found: readonly Found[];
}

/** Plays scenarios on OTP and on each player, and compares. */
export async function examine(scenarios: readonly Scenario[]): Promise<Findings> {
  const whole = new Map<Player, number>(players.map((player) => [player, 0]));
  const met = new Map<Difference, number>();
  const found: Found[] = [];
  for (const player of players) {
    const adapted = scenarios.map(player.adapt);
    const otp = playOnOtp(adapted);
    for (const [index, scenario] of adapted.entries()) {
      const ours = await traceBy(player, scenario);
      const { differs, met: named, agreed, moments } = compare(scenario, otp[index]!, ours, player.view);
      for (const difference of named) met.set(difference, (met.get(difference) ?? 0) + 1);
      if (agreed === moments) whole.set(player, whole.get(player)! + 1);
      if (differs) found.push({ player, scenario, differs });
    }
  }
  return { scenarios: scenarios.length, whole, met, found };
}

export function scenariosFrom(seed: number, count: number): Scenario[] {
  return Array.from({ length: count }, (_, index) => generate(seed + index));
}

/** The same difference in the smallest scenario that shows one. */
export async function smallest({ player, scenario, differs }: Found): Promise<Found> {
  let small: Found = { player, scenario, differs };
  await shrink(scenario, async (candidates) => {
    const otp = playOnOtp(candidates);
    for (const [index, candidate] of candidates.entries()) {
      const { differs: still } = compare(candidate, otp[index]!, await traceBy(player, candidate), player.view);
      if (!still) continue;
      small = { player, scenario: candidate, differs: still };
      return candidate;
    }
    return undefined;
  });
  return small;
}

/** What a player throws is a difference too. */
async function traceBy(player: Player, scenario: Scenario): Promise<Trace> {
  try {
    return await player.play(scenario);
  } catch (error) {
    return { moments: [{ at: 0, lines: String((error as Error).stack).split("\n") }] };
  }
}
