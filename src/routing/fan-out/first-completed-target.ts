import { onAbort } from "../../actor/on-abort.js";
import { HoldfastError } from "../../errors.js";
import type { InnerCallOptions } from "../../system/sent.js";
import { releaseAll } from "../../transport/lease.js";
import { gravest } from "./ballot.js";
import { checkCall, checkSignal, copies, type FanOut, noStream } from "./fan-out.js";
import { FanOutTarget } from "./fan-out-target.js";
import { leastLoaded } from "./own-mail.js";

/**
 * Asks several members, and the first value wins; the others are cancelled:
 *
 *   ask ─┬─▶ member 2 ─▶ error
 *        ├─▶ member 1 ─▶ value ─▶ the caller
 *        └─▶ member 3 ─ … ◀─ cancel       queued: it leaves the queue; executing: its handler sees this.signal
 *
 * It fails when all of them do. A tell has no value that could be first: it goes to one.
 */
export class FirstCompletedTarget extends FanOutTarget {
  readonly #of: number;

  /** @param of how many are asked */
  constructor(group: FanOut, of: number) {
    super(group);
    this.#of = of;
  }

  protected async answer(method: string, args: unknown[], options: InnerCallOptions): Promise<unknown> {
    const { path, members } = this.group;
    const { signal } = options;
    checkCall(this.group, method, options);
    checkSignal(method, options);
    const each = copies(this.group, args);
    const losers = new AbortController();
    const forget = signal && onAbort(signal, () => losers.abort(signal.reason));
    const given = { ...options, signal: losers.signal };
    try {
      return await firstOf(
        leastLoaded(members)
          .slice(0, this.#of)
          .map(async ({ target }) => noStream(path, method, await target.ask(method, each(), given))),
      );
    } finally {
      forget?.();
      losers.abort(new HoldfastError("Cancelled", `${path}: another member was first`));
    }
  }
}

function firstOf(answers: readonly Promise<unknown>[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const errors: Error[] = [];
    let won = false;
    const value = (answer: unknown) => {
      // Two were ready at once: tensors in the second are nobody's.
      if (won) releaseAll(answer);
      won = true;
      resolve(answer);
    };
    const failed = (error: Error) => {
      errors.push(error);
      if (errors.length === answers.length) reject(gravest(errors));
    };
    for (const answer of answers) answer.then(value, failed);
  });
}
