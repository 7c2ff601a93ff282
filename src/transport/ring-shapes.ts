import type { WriteRecord } from "./ring-record.js";
import { MOST_KEYS, MOST_SHAPES, NO_SHAPE } from "./ring-values.js";

/** Keys that the other side knows by a number. */
export interface Shape {
  readonly keys: readonly string[];
  readonly number: number;
  /** See `arePlain`. */
  readonly plain: boolean;
  written: number;
  /** What writes the values of such an object, when there have been many. */
  write: WriteRecord | undefined;
}

/** None is one that pack() wraps by: those begin with NUL. */
export function arePlain(keys: readonly string[]): boolean {
  for (let i = 0; i < keys.length; i++) if (keys[i]!.charCodeAt(0) === 0) return false;
  return true;
}

/** The shapes of plain objects that the other side of a ring knows, by number. */
export class Shapes {
  /** By their first key; `{}` is with those whose first key is "". */
  readonly #known = new Map<string, Shape[]>();
  #count = 0;
  /** Defined in the frame that is being written: the other side has not seen them yet. */
  #fresh: Shape[] = [];

  /** @returns undefined for one that the other side does not know */
  find(keys: readonly string[]): Shape | undefined {
    const alike = this.#known.get(keys[0] ?? "");
    if (!alike) return undefined;
    next: for (const shape of alike) {
      if (shape.keys.length !== keys.length) continue;
      for (let i = 1; i < keys.length; i++) if (shape.keys[i] !== keys[i]) continue next;
      return shape;
    }
    return undefined;
  }

  /** @returns the number it gets, or NO_SHAPE for one that nobody remembers */
  define(keys: readonly string[]): number {
    if (keys.length > MOST_KEYS || this.#count >= MOST_SHAPES) return NO_SHAPE;
    const shape = { keys, number: this.#count++, plain: arePlain(keys), written: 0, write: undefined };
    const first = keys[0] ?? "";
    const alike = this.#known.get(first);
    if (alike) alike.push(shape);
    else this.#known.set(first, [shape]);
    this.#fresh.push(shape);
    return shape.number;
  }

  /** The frame was sent. */
  keep(): void {
    if (this.#fresh.length > 0) this.#fresh = [];
  }

  /** It was not: what it defined never was. */
  undo(): void {
    for (const { keys } of this.#fresh) {
      this.#known.get(keys[0] ?? "")!.pop();
      this.#count--;
    }
    this.#fresh = [];
  }
}
