import { ABANDON_AFTER } from "../../defaults.js";
import { milliseconds } from "../../duration.js";
import type { Cell } from "../../system/cell/cell.js";
import { within } from "../../system/within.js";
import type { CellUnit } from "./cell-unit.js";
import type { KeyUnit } from "./key-unit.js";

/**
 * A key leaves its cell: what it executes may take as long as the limit of its method says, which is watched elsewhere; its
 * stop() has the time of a shutdown, and up to twice as much. Past that the cell goes, and its other keys return.
 */
export async function leaveInPeace(key: KeyUnit, from: CellUnit): Promise<void> {
  const { clock } = key.context;
  const { shutdown } = key.rules;
  const own = shutdown === "brutal" ? milliseconds(ABANDON_AFTER, "abandonAfter") : shutdown;
  const limit = own === "unlimited" ? Number.POSITIVE_INFINITY : own;
  const { cell } = key.handle;
  const left = key.vacate();
  for (let stopsSince = key.handle.handling().length > 0 ? 0 : 1; ; stopsSince++) {
    let late = false;
    await within(clock, limit, left, () => {
      late = true;
      return undefined;
    });
    if (!late || key.handle.cell !== cell) return;
    if (key.handle.handling().length > 0) stopsSince = -1;
    else if (stopsSince > 0) break;
  }
  await stuckIn(from, cell, key, limit);
}

/** What does not stop takes its cell along. Waits for the real end, so that the cell's report lists what it was executing. */
export async function stuckIn(
  home: CellUnit,
  cell: Cell | undefined,
  { context, path }: Pick<KeyUnit, "context" | "path">,
  limit: number,
): Promise<void> {
  home.kill(`${path}, which did not stop within ${limit} ms`);
  const ms = milliseconds(ABANDON_AFTER, "abandonAfter");
  if (cell) await within(context.clock, ms, cell.over, () => undefined);
}
