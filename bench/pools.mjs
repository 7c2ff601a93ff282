import { bursts } from "./pools/burst.mjs";
import { replayTrace } from "./pools/replay.mjs";
import { scaleDown } from "./pools/scale-down.mjs";
import { secondMember } from "./pools/second-member.mjs";
import { slowMember } from "./pools/slow-member.mjs";
import { steady } from "./pools/steady.mjs";

/*
 * Pools that grow and shrink. Messages come on a schedule, whatever became of those before, and times count from when each should
 * have been sent. What a message takes is a wait in its worker, as where a device does the work: so more members than cores make
 * sense, and what is compared is how the pools give out work, not what the machine can compute.
 */

/** @param {{ rounds?: number, say: (line: string) => void }} options */
export async function run({ rounds, say }) {
  const options = { rounds, say };
  const light = await secondMember("light", options);
  const heavy = await secondMember("heavy", options);
  const burst = await bursts(options);
  const slow = await slowMember(options);
  const parts = [light, heavy, burst, slow, await scaleDown(options), await steady(options)];
  const trace = await replayTrace({ startMs: light.figures.second_member_light_ms, say });
  parts.push(trace);
  return {
    figures: Object.assign({}, ...parts.map(({ figures }) => figures)),
    plot: trace.plot,
    text: [...parts.map(({ text }) => text), ...notes].join("\n"),
    // Those that are played once are long.
    rounds: Math.min(...[light, heavy, burst, slow].map((part) => part.rounds)),
  };
}

const notes = [
  "",
  "times: over the first line. p99: medians of the rounds' p99s. Arrivals are the same for all contenders of a round. The plan",
  "known beforehand lets several members share a message, so no real plan is cheaper; of the others piscina's threads end as",
  "soon as they have nothing to do. The speech model's second member shares one process with the first: see recovery.",
];
