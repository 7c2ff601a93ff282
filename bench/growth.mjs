import { manyActors } from "./growth/actors.mjs";
import { idleSystem } from "./growth/idle.mjs";
import { manyWorkers } from "./growth/workers.mjs";

/* What a message costs as a system grows, and what a system takes that has nothing to do. Every size runs in a process of its own, in turns. */

const ROUNDS = 3;

/** @param {{ rounds?: number, say: (line: string) => void }} options */
export async function run({ rounds = ROUNDS, say }) {
  const parts = [
    await manyActors(rounds, say),
    await manyWorkers(rounds, say),
    await idleSystem(Math.min(rounds, 1), say),
  ];
  return {
    figures: Object.assign({}, ...parts.map(({ figures }) => figures)),
    text: [...parts.map(({ text }) => text), ...notes].join("\n"),
    rounds,
  };
}

const notes = [
  "",
  "actors: each is told in turn, and a flood is over when all of it was handled. workers: one caller asks them all, so with",
  "more of them than the machine has other cores the caller is what is measured.",
];
