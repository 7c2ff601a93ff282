import { now } from "./now.mjs";

/**
 * Measures every contender once per round, so that what disturbs the machine disturbs all alike. Each round begins with
 * another contender: nobody always follows the same one.
 *
 * @template C
 * @param {readonly C[]} contenders
 * @param {{ rounds: number, withinMs: number }} limits  it stops after the round in which the time is up
 * @param {(contender: C, round: number) => Promise<void>} measure
 * @returns {Promise<number>} the rounds done
 */
export async function interleave(contenders, { rounds, withinMs }, measure) {
  const until = now() + withinMs;
  let round = 0;
  for (; round < rounds && now() < until; round++) {
    for (let i = 0; i < contenders.length; i++) {
      await measure(contenders[(round + i) % contenders.length], round);
    }
  }
  return round;
}
