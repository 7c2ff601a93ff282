import { labelText } from "./label-text.js";
import type { Labels } from "./samples.js";

/** Actors that have values of their own at a time; those that come when there are so many are told together, as "other". */
export const METRIC_ACTORS = 2000;

/** What those are called that have no values of their own. */
export const OTHER: Labels = { actor: "other" };

/** The labels of actors by path: the same object each time, so that their text is made once. */
export class ActorLabels {
  readonly #most: number;
  readonly #byPath = new Map<string, { readonly labels: Labels; turn: number }>();
  #turn = 0;

  constructor(most = METRIC_ACTORS) {
    this.#most = most;
  }

  /** `{ actor: "app/digits" }`; `OTHER` where there are too many. */
  of(path: string): Labels {
    const known = this.#byPath.get(path);
    if (known) {
      known.turn = this.#turn;
      return known.labels;
    }
    if (this.#byPath.size >= this.#most) return OTHER;
    const labels = { actor: labelText(path) };
    this.#byPath.set(path, { labels, turn: this.#turn });
    return labels;
  }

  /** Forgets those that nobody has asked for since the sweep before: members of pools leave, and come under new names. */
  sweep(): void {
    for (const [path, { turn }] of this.#byPath) if (turn < this.#turn) this.#byPath.delete(path);
    this.#turn++;
  }
}
