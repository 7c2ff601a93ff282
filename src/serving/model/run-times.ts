import { realClock } from "../../clock.js";
import type { ModelAnswer, ModelRequest } from "../runtimes/model.js";
import type { Runner } from "./run-request.js";

/** What measures how long a run takes, monotonic ms: decides nothing. */
export const runClock = () => realClock.now();

/**
 * A runner whose answers say where their time went, from `began` on:
 *
 *   began ──reads the request──▶ runs ──▶ answer        inputMs = reads, inferMs = runs
 *
 * One that says so itself, a batch, knows better: reading is added to what it says.
 */
export function timed(runner: Runner, began: number): Runner {
  return {
    infer: async (request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer> => {
      const read = runClock();
      const { times, ...answer } = await runner.infer(request, signal);
      const { inputMs, ...rest } = times ?? { inputMs: 0, inferMs: runClock() - read, outputMs: 0 };
      return { ...answer, times: { inputMs: inputMs + (read - began), ...rest } };
    },
  };
}
