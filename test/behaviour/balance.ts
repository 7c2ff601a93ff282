import type { App, UnitStats } from "holdfast";

/** What one unit has counted. */
export function counted(app: Pick<App, "stats">, path: string): UnitStats {
  const unit = app.stats().units.find((one) => one.path === `app/${path}`);
  if (!unit) throw new Error(`nothing is counted at "${path}"`);
  return unit;
}

/** Accepted messages less those that have an outcome or are somewhere: 0, or some were lost or counted twice. */
export function missing({ accepted, answered, told, failed, waiting, executing }: UnitStats): number {
  const failures = Object.values(failed).reduce((sum, count) => sum + count, 0);
  return accepted - answered - told - failures - waiting - executing;
}

/** Every unit that does not add up, as text. */
export function unbalanced({ units }: ReturnType<App["stats"]>): string[] {
  return units
    .filter(({ partOf }) => partOf === undefined)
    .filter((unit) => missing(unit) !== 0)
    .map((unit) => `${unit.path} misses ${missing(unit)}: ${JSON.stringify(unit)}`);
}
