import { HoldfastError, isHoldfastError } from "../../errors.js";
import { type CellSpec, endError } from "../../host/booting.js";
import type { Host } from "../../host/host.js";
import type { SystemContext } from "../context.js";
import { Cell } from "./cell.js";

export interface OpenOptions {
  /** How long host and load() may take together. */
  readonly withinMs: number;
  /** Called with the host before anything runs in it. */
  readonly onOpened?: ((host: Host) => void) | undefined;
  /** Gives the start up. */
  readonly signal: AbortSignal;
  /** Called when a host runs, before load() is done. */
  readonly onHost: (level: "spare" | "cold") => void;
  /** Its members are each ended alone. Default false: one that hangs takes the cell along. */
  readonly shared?: boolean;
  /** What is made of the host. Default: a plain cell. */
  readonly make?: typeof Cell;
}

/**
 * Opens the fastest host there is and boots the spec in it.
 * @throws HoldfastError StartFailed with the cause, also when load() takes longer than `withinMs` or `signal` fires
 */
export async function openCell(context: SystemContext, spec: CellSpec, options: OpenOptions): Promise<Cell> {
  const { withinMs, signal, onHost, onOpened, shared = false, make = Cell } = options;
  const { booting, level } = context.hosts.open(spec);
  onOpened?.(booting.host);
  let tookTooLong = false;
  const late = context.clock.after(withinMs, () => {
    tookTooLong = true;
    booting.host.kill();
  });
  const giveUp = () => booting.host.kill();
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    await booting.open;
    onHost(level);
    const facts = await booting.facts!;
    // It may have ended after its last frame and before anybody listened here.
    if (booting.ended) throw endError(booting.ended);
    signal.throwIfAborted();
    return new make(context, spec, booting.host, facts, shared);
  } catch (error) {
    booting.host.kill();
    throw new HoldfastError(
      "StartFailed",
      tookTooLong
        ? `${spec.path}: load() was not done within ${withinMs} ms (startTimeout)`
        : `${spec.path} could not start: ${(error as Error).message}`,
      // The same spec is as wrong the next time.
      { cause: error, retryable: !isHoldfastError(error, "InvalidSpec") },
    );
  } finally {
    late.cancel();
    signal.removeEventListener("abort", giveUp);
  }
}

/** The cell of a spare that has loaded the spec already, in this turn: a caller waits. Undefined where there is none. */
export function readyCell(context: SystemContext, spec: CellSpec, make = Cell): Cell | undefined {
  const spare = context.hosts.takeLoaded(spec);
  return spare && new make(context, spec, spare.host, spare.loaded!, false);
}
