import { HoldfastError } from "../errors.js";
import {
  type ChildOptions,
  type ChildRules,
  childRules,
  type SupervisorOptions,
  supervisorRules,
} from "../supervision/spec.js";
import type { ChildSpec, CreateUnit } from "./unit.js";

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

export interface SupervisorSpec<C extends Children = Children> extends ChildSpec {
  readonly kind: "supervisor";
  readonly children: C;
}

/**
 * A supervisor over named children, started in the order written and stopped in reverse.
 * @param options strategy (default one-for-one), intensity (default 20 restarts within 60 s), overBudget; and, where it is
 * itself a child, its own restart, shutdown and intensity
 * @example supervisor({ strategy: "rest-for-one" }, { store: inline(Store), digits: thread<Digits>(url, { model }) })
 */
export function supervisor<C extends Children>(
  options: SupervisorOptions & { child?: ChildOptions },
  children: C,
): SupervisorSpec<C> {
  const asChild = (id: string, field: string): ChildRules =>
    // A supervisor below waits for its own children, as OTP's do: their shutdown times bound it.
    childRules(id, { shutdown: "unlimited", startTimeout: Number.POSITIVE_INFINITY, ...options.child }, field);
  return {
    kind: "supervisor",
    children,
    rules: asChild,
    async load() {
      const entries = Object.entries(children);
      const [{ Supervisor }, ...creators] = await Promise.all([
        import("./supervisor.js"),
        ...entries.map(([id, spec]) => loadChild(id, spec)),
      ]);
      return (context, name, path) => {
        const supervised = entries.map(([id, spec], i) => {
          const below = `${path}/${id}`;
          return { rules: spec.rules(id, below), unit: creators[i]!(context, id, below) };
        });
        return new Supervisor(context, name, path, supervisorRules(options, path), supervised);
      };
    },
  };
}

function loadChild(id: string, spec: ChildSpec): Promise<CreateUnit> {
  if (!/^[\w.-]+$/.test(id)) {
    throw new HoldfastError(
      "InvalidSpec",
      `a child is named ${JSON.stringify(id)}: use letters, digits, "_", "-" and "."`,
    );
  }
  if (typeof spec?.load === "function") return spec.load();
  throw new HoldfastError(
    "InvalidSpec",
    `child "${id}" is no child spec: write inline(), thread(), fork(), pool(), keyed() or supervisor()`,
  );
}
