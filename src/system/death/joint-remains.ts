import type { Cell } from "../cell/cell.js";
import type { Remains } from "./after-death.js";
import type { DeathCause } from "./report.js";

/** Of a host that had nothing, or never was. */
export const nothingLost = { executing: [], answersLost: [], guilty: false, redelivered: 0, failed: 0, poisoned: 0 };

/** What the members of a cell left at its one death, as one. */
export function jointRemains(cell: Cell, cause: DeathCause, at: number | undefined, of: readonly Remains[]): Remains {
  const sum = (field: "redelivered" | "failed" | "poisoned") => of.reduce((total, one) => total + one[field], 0);
  return {
    cause,
    at,
    executing: of.flatMap((one) => one.executing),
    answersLost: of.flatMap((one) => one.answersLost),
    guilty: of.some((one) => one.guilty),
    report: of.find((one) => one.report !== undefined)?.report,
    redelivered: sum("redelivered"),
    failed: sum("failed"),
    poisoned: sum("poisoned"),
    wreck: { cell, entry: undefined },
  };
}
