import { HoldfastError } from "../../errors.js";
import type { Cell } from "./cell.js";

/**
 * Blocks the event loop of a cell's host.
 * @param by who wants it so, for the death report
 * @returns whether there is one
 * @throws HoldfastError InvalidSpec where that is this very thread
 */
export function hangCell(cell: Cell | undefined, path: string, forMs: number, by: string): boolean {
  if (!cell?.alive) return false;
  if (cell.host.isolation === "inline") {
    const why = "it runs in this thread, and the whole program would hang";
    throw new HoldfastError("InvalidSpec", `${path} cannot be made to hang: ${why}`);
  }
  cell.watch.blocked(by, forMs);
  cell.send({ t: "hang", forMs });
  return true;
}
