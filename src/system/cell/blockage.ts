import type { CellMember } from "./cell-member.js";
import type { Late } from "./late.js";

/** Looks in a row, each in a turn of its own, at which a host must be found silent: what it sent is heard between two. */
const SILENT_LOOKS = 3;

/**
 * Finds a host whose event loop is blocked by something outside every handler: a foreign timer, a callback. Nothing
 * executes in it, nothing is heard of it, and a message handed to it has waited for longer than its own limit.
 */
export class Blockage {
  #heard = -1;
  #silent = 0;

  /**
   * @param heard how many frames have come from the host so far
   * @returns the message that waits in vain, once there is no doubt
   */
  look(now: number, heard: number, members: Iterable<CellMember>): Late | undefined {
    const waiting = heard === this.#heard ? oldest(now, members) : undefined;
    this.#heard = heard;
    this.#silent = waiting ? this.#silent + 1 : 0;
    return this.#silent >= SILENT_LOOKS ? waiting : undefined;
  }
}

function oldest(now: number, members: Iterable<CellMember>): Late | undefined {
  let found: Late | undefined;
  for (const member of members) {
    // A handler, start() or stop() that blocks the loop has a limit of its own.
    if (member.changing || member.executingNow > 0) return undefined;
    const late = member.waitsTooLong(now);
    if (late && (!found || late.ageMs > found.ageMs)) found = late;
  }
  return found;
}
