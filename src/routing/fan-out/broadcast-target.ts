import { onAbort } from "../../actor/on-abort.js";
import { type HoldfastError, isHoldfastError } from "../../errors.js";
import type { InnerCallOptions } from "../../system/sent.js";
import type { BroadcastOutcome } from "./broadcast-ref.js";
import { checkCall, checkSignal, copies, noStream, streamRefused } from "./fan-out.js";
import { FanOutTarget } from "./fan-out-target.js";

/**
 * Each call goes to every member, as a message of its own in each one's mailbox:
 *
 *   ask ─┬─▶ member 1 ─▶ value ───┐
 *        ├─▶ member 2 ─▶ error ───┼─▶ [{ member, value }, { member, error }, …]
 *        └─▶ member 3 ─▶ Timeout ─┘
 */
export class BroadcastTarget extends FanOutTarget {
  protected async answer(method: string, args: unknown[], options: InnerCallOptions): Promise<unknown> {
    const { path, members, isStream } = this.group;
    checkCall(this.group, method, options);
    checkSignal(method, options);
    const each = copies(this.group, args);
    // Before the first start it may be a stream, and one that nobody reads would keep its member.
    const ending = isStream(method) === undefined ? new AbortController() : undefined;
    const { signal } = options;
    const forget = ending && signal && onAbort(signal, () => ending.abort(signal.reason));
    const given = ending ? { ...options, signal: ending.signal } : options;
    const asked = members.map(async ({ name, target }): Promise<BroadcastOutcome<unknown>> => {
      try {
        return { member: name, value: noStream(path, method, await target.ask(method, each(), given)) };
      } catch (error) {
        return { member: name, error: error as HoldfastError };
      }
    });
    const outcomes = await Promise.all(asked);
    forget?.();
    if (isStream(method)) {
      const refused = streamRefused(path, method);
      ending?.abort(refused);
      throw refused;
    }
    for (const outcome of outcomes) if ("error" in outcome && ofTheCall(outcome.error, options)) throw outcome.error;
    return outcomes;
  }

  /** @returns whether every member accepted it */
  override tell(method: string, args: unknown[], options: InnerCallOptions): boolean {
    let each: () => unknown[];
    try {
      checkCall(this.group, method, options);
      each = copies(this.group, args);
    } catch {
      // It is refused there for the same reason, and is a dead letter.
      return this.group.single.tell(method, args, options);
    }
    // Who hears of a lost one may resize the pool meanwhile.
    const accepted = [...this.group.members].map(({ target }) => target.tell(method, each(), options));
    return !accepted.includes(false);
  }
}

/** What is no member's doing: the caller gave up, or asked for what there is not. */
function ofTheCall(error: HoldfastError, { signal }: InnerCallOptions): boolean {
  return isHoldfastError(error, "UnknownMethod") || (signal?.aborted === true && isHoldfastError(error, "Cancelled"));
}
