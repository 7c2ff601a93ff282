import { HoldfastError } from "../errors.js";
import type { Message } from "../mailbox/message.js";
import { NORMAL_RANK } from "../protocol/priority.js";

/** How much a system refuses: nothing; what is below normal priority; normal priority too. High is never refused. */
export type ShedLevel = 0 | 1 | 2;

/** When what was refused may be sent again, ms: a look later, nothing is known before. */
const AGAIN_MS = 1000;

/**
 * Refuses the least important calls of a whole system while somebody says so: a rule of its monitor. What its own actors ask of
 * each other belongs to work already taken, and is let through.
 *
 *   level 0  ▮ high  ▮ normal  ▮ low
 *         1  ▮ high  ▮ normal  ▯ low
 *         2  ▮ high  ▯ normal  ▯ low
 */
export class Shedding {
  readonly #asked = new Map<object, ShedLevel>();
  /** Read for each message: 0 costs one comparison. */
  level: ShedLevel = 0;

  /** @param by who says so: the highest level that anybody asks for holds; 0 lets go */
  set(by: object, level: ShedLevel): void {
    if (level === 0) this.#asked.delete(by);
    else this.#asked.set(by, level);
    this.level = Math.max(0, ...this.#asked.values()) as ShedLevel;
  }

  /** @throws HoldfastError Overloaded, where it is not let in now */
  judge(path: string, { rank, inner, method }: Pick<Message, "rank" | "inner" | "method">): void {
    if (inner || rank < NORMAL_RANK || (rank === NORMAL_RANK && this.level < 2) || this.level === 0) return;
    const text = `${path}.${method}: the system sheds load, and calls of lower priority go first: not started`;
    throw new HoldfastError("Overloaded", text, { retryAfterMs: AGAIN_MS, details: { rank, level: this.level } });
  }
}
