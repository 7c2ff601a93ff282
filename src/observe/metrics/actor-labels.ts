import { labelText } from "./label-text.js";
import type { Labels } from "./samples.js";

/**
 * Actors that have values of their own in one process's life; those that come later are told together, as "other". A server of
 * Prometheus keeps every name that it ever saw.
 */
export const METRIC_ACTORS = 2000;

/** What those are called that have no values of their own. */
export const OTHER: Labels = { actor: "other" };

/** The labels of actors by path: a name once given is never another's, nor given again. */
export class ActorLabels {
  readonly #most: number;
  readonly #byPath = new Map<string, Labels>();

  constructor(most = METRIC_ACTORS) {
    this.#most = most;
  }

  /** `{ actor: "app/digits" }`; `OTHER` where there are too many. */
  of(path: string): Labels {
    const known = this.#byPath.get(path);
    if (known) return known;
    if (this.#byPath.size >= this.#most) return OTHER;
    const labels = { actor: labelText(path) };
    this.#byPath.set(path, labels);
    return labels;
  }
}
