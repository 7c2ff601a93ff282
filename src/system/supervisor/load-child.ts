import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import type { ChildSpec, LoadedSpec } from "../unit.js";

const LONGEST_NAME = 200;

/** A named child's spec with the code that runs it. @throws HoldfastError InvalidSpec for a name or spec that is none */
export async function loadChild(id: string, spec: ChildSpec): Promise<LoadedSpec> {
  refuseName(id);
  if (typeof spec?.load === "function") return spec.load();
  throw new HoldfastError(
    "InvalidSpec",
    `child "${id}" is ${shown(spec)}, no child spec: write inline(), thread(), fork(), pool(), keyed(), supervisor() or dynamic()`,
    { details: { field: id } },
  );
}

/** Names are parts of paths, in URLs too, where one of dots alone would be lost. */
export function refuseName(id: string): void {
  if (typeof id === "string" && id.length <= LONGEST_NAME && /^(?!\.+$)[\w.-]+$/.test(id)) return;
  throw new HoldfastError(
    "InvalidSpec",
    `a child is named ${shown(id)}: use letters, digits, "_", "-" and ".", not dots alone, at most ${LONGEST_NAME}`,
    { details: { field: "name" } },
  );
}
