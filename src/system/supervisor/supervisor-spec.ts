import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import type { ChildOptions, SupervisorOptions } from "../../supervision/spec.js";
import type { ChildSpec } from "../unit.js";

/** Children by name, in start order. */
export type Children = Record<string, ChildSpec>;

/** The refs of a supervisor's children, by name. */
export type RefsOf<C extends Children> = {
  readonly [K in keyof C]: C[K] extends SupervisorSpec<infer Below>
    ? RefsOf<Below>
    : C[K] extends ChildSpec<infer R>
      ? R
      : never;
};

export interface SupervisorSpec<C extends Children = Children> extends ChildSpec<RefsOf<C>> {
  readonly kind: "supervisor";
  readonly children: C;
}

/**
 * A supervisor over named children, started in the order written and stopped in reverse. Names that are whole numbers come
 * first, whatever is written: JavaScript keeps them so.
 * @param options strategy (default one-for-one), intensity (default 20 restarts within 60 s), overBudget; and, where it is
 * itself a child, its own restart, shutdown and intensity
 * @throws HoldfastError InvalidSpec when one of the two is no object
 * @example supervisor({ strategy: "rest-for-one" }, { store: inline(Store), digits: thread<Digits>(url, { model }) })
 */
export function supervisor<C extends Children>(
  options: SupervisorOptions & { child?: ChildOptions },
  children: C,
): SupervisorSpec<C> {
  if (!isRecord(options) || !isRecord(children)) {
    throw new HoldfastError(
      "InvalidSpec",
      `supervisor(${shown(options)}, ${shown(children)}): give options, then children by name: supervisor({}, { name: thread(url) })`,
      { details: { field: "supervisor" } },
    );
  }
  return {
    kind: "supervisor",
    children,
    async load() {
      const { loadSupervisor } = await import("./loaded-supervisor.js");
      return loadSupervisor(options, children);
    },
  };
}

/** An array's children would be named 0, 1 and 2. */
function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
