import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";

/** A test that looks at nothing, such as `test.app` of a plain app, hears so at once. @throws HoldfastError InvalidSpec */
export function refuseNoApp(app: unknown, call: string): void {
  const { tree, subscribe } = (app ?? {}) as { tree?: unknown; subscribe?: unknown };
  if (typeof tree === "function" || typeof subscribe === "function") return;
  const fix = "give it an app, as system() resolves with; a test system's is test.app";
  throw new HoldfastError("InvalidSpec", `${call}() got ${shown(app)}: ${fix}`, { details: { field: "app" } });
}
