import type { ModelState } from "../served-models.js";
import type { ServedVersion } from "../version/served-version.js";
import type { Rollout } from "./rollout.js";

/** Why a version is not there that nobody misses. */
export const UNLOADED = "it was unloaded";
export const NOT_WANTED = "not loaded: no policy wants it, and nobody asked";

export interface RowView {
  readonly name: string;
  readonly version: number;
  readonly loaded: ServedVersion | undefined;
  /** It answers where none is named. */
  readonly current: boolean;
  /** Of this model, whichever version. */
  readonly rollout: Rollout | undefined;
  readonly note: string | undefined;
  readonly unloaded: boolean;
}

/** A version as the index tells it. */
export function indexRow({ name, version, loaded, current, rollout, note, unloaded }: RowView): ModelState {
  const row = (state: ModelState["state"], reason?: string): ModelState => ({
    name,
    version: String(version),
    state,
    ...(reason === undefined ? {} : { reason }),
  });
  if (loaded?.leaving) return row("UNLOADING", "what is under way finishes");
  if (loaded) {
    const trouble = loaded.trouble();
    if (trouble !== undefined) return row("UNAVAILABLE", trouble);
    return row("READY", current && rollout ? `${rollout.text()} is under way` : note);
  }
  if (rollout?.order.offer.version === version) return row("LOADING", rollout.text());
  if (note !== undefined) return row("UNAVAILABLE", note);
  return row("UNAVAILABLE", unloaded ? UNLOADED : NOT_WANTED);
}
