import type { SystemIdentity, Target } from "../../actor/ref.js";
import { type HoldfastError, isHoldfastError } from "../../errors.js";
import type { InnerCallOptions } from "../../system/sent.js";
import type { BroadcastOutcome } from "./broadcast-ref.js";
import { checkCall, copies, type FanOut, noStream } from "./fan-out.js";

/**
 * Each call goes to every member, as a message of its own in each one's mailbox:
 *
 *   ask ─┬─▶ member 1 ─▶ value ───┐
 *        ├─▶ member 2 ─▶ error ───┼─▶ [{ member, value }, { member, error }, …]
 *        └─▶ member 3 ─▶ Timeout ─┘
 */
export class BroadcastTarget implements Target {
  readonly #group: FanOut;

  constructor(group: FanOut) {
    this.#group = group;
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

  async ask(method: string, args: unknown[], options: InnerCallOptions): Promise<unknown> {
    const { path, members } = this.#group;
    checkCall(this.#group, method, options);
    const each = copies(this.#group, args);
    const asked = members.map(async ({ name, target }): Promise<BroadcastOutcome<unknown>> => {
      try {
        return { member: name, value: noStream(path, method, await target.ask(method, each(), options)) };
      } catch (error) {
        return { member: name, error: error as HoldfastError };
      }
    });
    const outcomes = await Promise.all(asked);
    for (const outcome of outcomes) if ("error" in outcome && ofTheCall(outcome.error, options)) throw outcome.error;
    return outcomes;
  }

  /** @returns whether every member accepted it */
  tell(method: string, args: unknown[], options: InnerCallOptions): boolean {
    let each: () => unknown[];
    try {
      checkCall(this.#group, method, options);
      each = copies(this.#group, args);
    } catch {
      // It is refused there for the same reason, and is a dead letter.
      return this.#group.single.tell(method, args, options);
    }
    // Who hears of a lost one may resize the pool meanwhile.
    const accepted = [...this.#group.members].map(({ target }) => target.tell(method, each(), options));
    return !accepted.includes(false);
  }
}

/** What is no member's doing: the caller gave up, or asked for what there is not. */
function ofTheCall(error: HoldfastError, { signal }: InnerCallOptions): boolean {
  return isHoldfastError(error, "UnknownMethod") || (signal?.aborted === true && isHoldfastError(error, "Cancelled"));
}
