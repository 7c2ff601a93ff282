import type { ToHost } from "../transport/frames.js";
import type { Worker } from "./worker.js";

type Call = Extract<ToHost, { t: "call" }>;

/** Calls the handler of a message, so that what it sets going is known as its own, and its spans are within the message's. */
export function callMethod(of: Worker, call: Call, args: unknown[]): unknown {
  const { tracing } = of.around;
  return tracing === undefined || tracing.plain(call.trace) ? called(of, call, args) : traced(of, call, args);
}

/** Apart: a function that makes closures is slower in all its ways. */
function traced(of: Worker, call: Call, args: unknown[]): unknown {
  return of.around.tracing!.run(call.trace, () => called(of, call, args));
}

function called(of: Worker, call: Call, args: unknown[]): unknown {
  const { callFor } = of.around;
  const actor = of.actor!;
  const method = actor[call.method] as (...args: unknown[]) => unknown;
  return callFor ? callFor(of, call.seq, method, actor, args, call.trace) : method.apply(actor, args);
}
