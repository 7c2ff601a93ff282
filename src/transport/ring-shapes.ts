import { MOST_KEYS, MOST_SHAPES, NO_SHAPE } from "./ring-values.js";

/** Keys that the other side knows by a number. */
export interface Shape {
  readonly keys: readonly string[];
  readonly number: number;
  /** See `arePlain`. */
  readonly plain: boolean;
  /** Of the object that came next, when one of this shape came last and that was of another. */
  after: Shape | undefined;
}

/** None is one that pack() wraps by: those begin with NUL. */
export function arePlain(keys: readonly string[]): boolean {
  for (let i = 0; i < keys.length; i++) if (keys[i]!.charCodeAt(0) === 0) return false;
  return true;
}

/** It has these names alone, in this order. */
function isOf(value: object, { keys }: Shape): boolean {
  let at = 0;
  for (const key in value) if (key !== keys[at++]) return false;
  return at === keys.length;
}

/** The shapes of plain objects that the other side of a ring knows, by number. */
export class Shapes {
  /** By their first key; `{}` is with those whose first key is "". */
  readonly #known = new Map<string, Shape[]>();
  #count = 0;
  /** Of the object before: most messages are alike, and of a list of objects all are. */
  #last: Shape | undefined;
  /** Defined in the frame that is being written: the other side has not seen them yet. */
  #fresh: Shape[] = [];

  /** @returns undefined for one that the other side does not know */
  of(value: object): Shape | undefined {
    const last = this.#last;
    if (last !== undefined) {
      if (isOf(value, last)) return last;
      const { after } = last;
      if (after !== undefined && isOf(value, after)) {
        this.#last = after;
        return after;
      }
    }
    const found = this.#find(Object.keys(value));
    if (last !== undefined && found !== undefined) last.after = found;
    this.#last = found;
    return found;
  }

  #find(keys: readonly string[]): Shape | undefined {
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
    const shape = { keys, number: this.#count++, plain: arePlain(keys), after: undefined };
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
    if (this.#fresh.length === 0) return;
    // None of them may be found again by what came before it.
    this.#last = undefined;
    for (const alike of this.#known.values()) for (const shape of alike) shape.after = undefined;
    for (const { keys } of this.#fresh) {
      this.#known.get(keys[0] ?? "")!.pop();
      this.#count--;
    }
    this.#fresh = [];
  }
}
