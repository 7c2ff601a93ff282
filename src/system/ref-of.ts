import { createRef } from "../actor/ref.js";
import type { Unit } from "./unit.js";

/** What users reach a unit by: a ref; of a supervisor, its children's by name. */
export function refOf(unit: Unit): unknown {
  return unit.ref ? unit.ref() : createRef(unit.target);
}
