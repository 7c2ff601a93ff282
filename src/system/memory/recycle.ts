import type { Clock } from "../../clock.js";
import { DEFAULT_METHOD_LIMIT } from "../../defaults.js";
import { milliseconds } from "../../duration.js";
import type { Cell } from "../cell/cell.js";

/** How often a cell that is to be recycled is asked whether it rests, ms. */
const LOOK_EVERY_MS = 5;

/** What came of it: "ended": it had died, or was restarted by somebody else, first; "refused": it may not be restarted now, and goes on. */
export type RecycleEnd = "restarted" | "ended" | "refused";

/**
 * Ends a cell in peace and has the next one started: it is given no more mail than its own work waits for (one key that
 * asks another), finishes what it was handed, and only then is restarted as planned. Where that takes longer than a method
 * may run by default (a stream that nobody reads), it is restarted all the same, with the shutdown time that its supervisor
 * gives it.
 * @param restart false where it may not be restarted now: then it goes on
 */
export async function recycle(clock: Clock, cell: Cell, restart: () => boolean): Promise<RecycleEnd> {
  cell.held = true;
  const until = clock.now() + milliseconds(DEFAULT_METHOD_LIMIT, "limit");
  const busy = () => [...cell.roll.values()].some((member) => member.busy);
  while (cell.alive && busy() && clock.now() < until) {
    await new Promise<void>((resolve) => clock.after(LOOK_EVERY_MS, resolve, { background: true }));
  }
  // It has died meanwhile: that was a restart too.
  if (!cell.alive) return "ended";
  if (restart()) return "restarted";
  cell.held = false;
  for (const member of cell.roll.values()) member.pump();
  return "refused";
}
