import { idle } from "./messaging/idle.mjs";
import { tellAndAsk } from "./messaging/tell-ask.mjs";

/*
 * Messages within one thread, through the public API: a supervised actor with a bounded mailbox. Beside nact in its own
 * best habit (a synchronous function), and the BEAM on one scheduler, as a plain loop and as a gen_server.
 */

const ROUNDS = 5;

/** @param {{ rounds?: number, say: (line: string) => void }} options */
export async function run({ rounds = ROUNDS, say }) {
  const parts = [await tellAndAsk(rounds, say), await idle(Math.min(rounds, 1), say)];
  return {
    figures: Object.assign({}, ...parts.map(({ figures }) => figures)),
    text: [...parts.map(({ text }) => text), ...notes].join("\n"),
    rounds,
  };
}

const notes = [
  "",
  "tell: a flood, then one ask that is answered when the flood has been handled. ask: the next when the answer is there.",
  "nact's and the BEAM's mailboxes have no bound, nact's ask a timer each, the plain BEAM ask a receive with a time-out.",
];
