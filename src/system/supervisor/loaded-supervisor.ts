import { onlyKnownKeys } from "../../known-keys.js";
import type { Preset } from "../../supervision/presets.js";
import {
  type ChildOptions,
  type ChildRules,
  childKeys,
  childRules,
  presetOf,
  type SupervisorOptions,
  supervisorKeys,
  supervisorRules,
} from "../../supervision/spec.js";
import type { LoadedSpec } from "../unit.js";
import { loadChild } from "./load-child.js";
import { Supervisor } from "./supervisor.js";
import type { Children } from "./supervisor-spec.js";

/** A supervisor spec with its children's, all loaded. @throws HoldfastError InvalidSpec for what is no child spec */
export async function loadSupervisor(
  options: SupervisorOptions & { child?: ChildOptions },
  children: Children,
): Promise<LoadedSpec> {
  const loading = Object.entries(children).map(async ([id, spec]) => ({ id, loaded: await loadChild(id, spec) }));
  const entries = await Promise.all(loading);
  return {
    rules: (field, preset) => asChild(options.child, field, preset),
    create(context, { name, path, preset: inherited }) {
      onlyKnownKeys(options, { ...supervisorKeys, child: true }, path);
      const preset = presetOf(options, inherited, path);
      const supervised = entries.map(({ id, loaded }) => {
        const below = `${path}/${id}`;
        const rules = loaded.rules(below, preset);
        return { id, rules, unit: loaded.create(context, { name: id, path: below, rules, preset }) };
      });
      return new Supervisor(context, name, path, supervisorRules(options, path, { inherited }), supervised, preset);
    },
  };
}

/** A supervisor below another waits for its own children, as OTP's do: their shutdown times bound it. */
export function asChild(options: ChildOptions | undefined, field: string, preset: Preset): ChildRules {
  onlyKnownKeys(options, childKeys, `${field}.child`);
  const unbounded = { shutdown: "unlimited", startTimeout: Number.POSITIVE_INFINITY } as const;
  return childRules({ ...unbounded, ...options }, field, preset);
}
