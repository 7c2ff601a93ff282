import { HoldfastError } from "../errors.js";
import type { ChildRules } from "../supervision/spec.js";

/**
 * The rules of a pool's member or a keyed group's cell, which has to come back after a death: its group would go on
 * without it for ever, and in the end without any.
 * @throws InvalidSpec for `restart: "temporary"`
 */
export function lasting(rules: ChildRules, field: string): ChildRules {
  if (rules.restart !== "temporary") return rules;
  throw new HoldfastError(
    "InvalidSpec",
    `${field}.restart is "temporary": give "permanent" or "transient", since nobody would take its place after a death`,
    { details: { field: `${field}.restart` } },
  );
}
