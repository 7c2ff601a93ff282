import { isHoldfastError } from "../../errors.js";
import { CommandError } from "../command.js";
import { onSignals } from "../on-signals.js";

/** 128 + SIGINT, as shells count. */
const INTERRUPTED = 130;

/**
 * Runs what a first Ctrl-C ends in its own time, leaving nothing half done that looks whole; a second one ends at once.
 * @throws CommandError with exit code 130 where it was ended
 */
export async function stoppable<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const signals = onSignals((count) => {
    if (count === 1) stop.abort();
    else process.exit(INTERRUPTED);
  });
  try {
    return await run(stop.signal);
  } catch (error) {
    if (stop.signal.aborted && isHoldfastError(error, "Cancelled")) {
      throw new CommandError(`stopped: ${error.message}`, INTERRUPTED);
    }
    throw error;
  } finally {
    signals.release();
  }
}
