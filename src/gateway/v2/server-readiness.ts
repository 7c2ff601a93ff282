import { NOT_WANTED, UNLOADED } from "../../serving/repository/entry/index-row.js";
import type { ModelState } from "../../serving/repository/served-models.js";

/** Whether the server is to be sent requests, and for each model how it stands. */
export interface ServerReadiness {
  readonly ready: boolean;
  /** Why it is not, where no one model is the reason. */
  readonly reason?: string;
  readonly models: Readonly<
    Record<string, { readonly ready: boolean; readonly state: string; readonly reason?: string }>
  >;
}

/**
 * Pure: reads the index. A model is ready when one of its versions is. The server is ready when some model is, and each that
 * counts:
 *
 *   loading                 does not: another model that loads never makes a ready one unready
 *   unloaded, not wanted    neither: somebody, or the policy of its versions, wanted it so
 */
export function serverReadiness(index: readonly ModelState[]): ServerReadiness {
  const byName = new Map<string, ModelState[]>();
  for (const state of index) byName.set(state.name, [...(byName.get(state.name) ?? []), state]);
  const models = [...byName].map(([name, versions]) => [name, ofVersions(versions)] as const);
  const states = models.map(([, { state }]) => state);
  const down = states.includes("UNAVAILABLE");
  const none = !states.includes("READY");
  return {
    ready: !down && !none,
    ...(none && !down ? { reason: "no model is loaded yet" } : {}),
    models: Object.fromEntries(models),
  };
}

function ofVersions(versions: readonly ModelState[]): { ready: boolean; state: string; reason?: string } {
  // The best of them speaks for the model.
  const one = ["READY", "LOADING", "UNLOADING"].map((state) => versions.find((each) => each.state === state));
  const { state, reason } = one.find((found) => found) ?? worst(versions);
  const told = state === "UNAVAILABLE" && isUnloaded(reason) ? "UNLOADED" : state;
  return { ready: state === "READY", state: told, ...(reason ? { reason } : {}) };
}

/** Of versions that are all unavailable, one that was not unloaded by hand. */
function worst(versions: readonly ModelState[]): ModelState {
  return versions.find(({ reason }) => !isUnloaded(reason)) ?? versions[0]!;
}

function isUnloaded(reason: string | undefined): boolean {
  return reason === UNLOADED || reason === NOT_WANTED;
}
