import { onAbort } from "../../actor/on-abort.js";
import type { SystemIdentity, Target } from "../../actor/ref.js";
import { HoldfastError, isHoldfastError } from "../../errors.js";
import type { InnerCallOptions } from "../../system/sent.js";
import { releaseAll } from "../../transport/lease.js";
import { checkCall, copies, type FanOut, noStream } from "./fan-out.js";
import { notIterable } from "./not-iterable.js";
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
export class FirstCompletedTarget implements Target {
  readonly #group: FanOut;
  readonly #of: number;

  /** @param of how many are asked */
  constructor(group: FanOut, of: number) {
    this.#group = group;
    this.#of = of;
  }

  get path(): string {
    return this.#group.path;
  }

  get system(): SystemIdentity {
    return this.#group.context.identity;
  }

  resize(to: number | "auto"): Promise<void> {
    return this.#group.resize(to);
  }

  tell(method: string, args: unknown[], options: InnerCallOptions): boolean {
    return this.#group.single.tell(method, args, options);
  }

  ask(method: string, args: unknown[], options: InnerCallOptions): Promise<unknown> {
    const { path, isStream } = this.#group;
    const answer = this.#ask(method, args, options);
    return isStream(method) === false ? answer : notIterable(path, method, answer);
  }

  async #ask(method: string, args: unknown[], options: InnerCallOptions): Promise<unknown> {
    const { path, members } = this.#group;
    const { signal } = options;
    checkCall(this.#group, method, options);
    if (signal?.aborted)
      throw new HoldfastError("Cancelled", `${method}: the caller's signal had already fired`, { retryable: true });
    const each = copies(this.#group, args);
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

/** Of all that failed, the one that says the most: it may have run, if it may have anywhere. */
function gravest(errors: readonly Error[]): Error {
  return errors.find((error) => isHoldfastError(error) && !error.retryable) ?? errors[0]!;
}
