import { HoldfastError } from "../errors.js";
import { onlyKnownKeys } from "../known-keys.js";
import {
  type ChildOptions,
  childKeys,
  childRules,
  type SupervisorOptions,
  supervisorKeys,
  supervisorRules,
} from "../supervision/spec.js";
import { Supervisor } from "./supervisor.js";
import type { Children } from "./supervisor-spec.js";
import type { ChildSpec, LoadedSpec } from "./unit.js";

/** A supervisor spec with its children's, all loaded. @throws HoldfastError InvalidSpec for what is no child spec */
export async function loadSupervisor(
  options: SupervisorOptions & { child?: ChildOptions },
  children: Children,
): Promise<LoadedSpec> {
  const loading = Object.entries(children).map(async ([id, spec]) => ({ id, loaded: await loadChild(id, spec) }));
  const entries = await Promise.all(loading);
  return {
    // A supervisor below waits for its own children, as OTP's do: their shutdown times bound it.
    rules(id, field) {
      onlyKnownKeys(options.child, childKeys, `${field}.child`);
      return childRules(id, { shutdown: "unlimited", startTimeout: Number.POSITIVE_INFINITY, ...options.child }, field);
    },
    create(context, name, path) {
      onlyKnownKeys(options, { ...supervisorKeys, child: true }, path);
      const supervised = entries.map(({ id, loaded }) => {
        const below = `${path}/${id}`;
        const rules = loaded.rules(id, below);
        return { rules, unit: loaded.create(context, id, below, rules) };
      });
      return new Supervisor(context, name, path, supervisorRules(options, path), supervised);
    },
  };
}

function loadChild(id: string, spec: ChildSpec): Promise<LoadedSpec> {
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
