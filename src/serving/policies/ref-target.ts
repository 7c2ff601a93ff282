import type { CallOptions, Target } from "../../actor/ref.js";
import type { Load } from "../../actor/sight.js";
import type { Clock } from "../../clock.js";
import { HoldfastError } from "../../errors.js";
import { type Next, remainingMs } from "./policy.js";

/** What is innermost in a hop: a ref is asked, for as long as its caller still waits. */
export function nextOf({ target, options: own }: { target: Target; options: CallOptions }, clock: Clock): Next {
  return (call) => {
    const timeout = remainingMs(call, clock);
    if (timeout <= 0) {
      const text = `${target.path}.${call.method}: the deadline passed before it was asked (it had not started)`;
      return Promise.reject(new HoldfastError("Timeout", text, { retryable: true, details: { started: false } }));
    }
    const { signal: _, ...options } = { ...own, ...call.options };
    const given: CallOptions = { ...options, timeout };
    if (call.signal) given.signal = call.signal;
    return target.ask(call.method, [...call.args], given);
  };
}

/** How much there is to do behind a target, as far as it can be seen. */
export function loadOf(target: Target): () => Load | "none" | undefined {
  return () => {
    const { sight } = target;
    return sight && (sight.load ?? "none");
  };
}
