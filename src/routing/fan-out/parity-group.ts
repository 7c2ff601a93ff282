import { combine, solve, weightsOf } from "./combine.js";

/** What is known of one of the asks. */
type Seat =
  | { readonly kind: "waiting" }
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "lost" };

/**
 * Asks that share one parity ask: any one answer that is missing can be had from the others.
 *
 *   x1 ─▶ f(x1) ──────────────┐
 *   x2 ─▶ (its member died)   ├─▶ f(x2) = (f(p) - c1·f(x1) - c3·f(x3)) / c2
 *   x3 ─▶ f(x3) ──────────────┤
 *   p = c1·x1 + c2·x2 + c3·x3 ─▶ f(p)
 *
 * Pure: it is told what came, and says what follows.
 */
export class ParityGroup {
  readonly #inputs: unknown[] = [];
  readonly #seats: Seat[] = [];
  #parity: unknown;
  #hasParity = false;

  get size(): number {
    return this.#inputs.length;
  }

  /** One ask more. @returns its number in the group */
  add(input: unknown): number {
    this.#seats.push({ kind: "waiting" });
    return this.#inputs.push(input) - 1;
  }

  /** The input of the parity ask. @throws NotLinear where these asks cannot share one */
  close(): unknown {
    return combine(this.#inputs, weightsOf(this.#inputs.length));
  }

  answered(at: number, value: unknown): void {
    this.#seats[at] = { kind: "value", value };
  }

  /** The parity ask was answered. */
  answeredParity(value: unknown): void {
    this.#parity = value;
    this.#hasParity = true;
  }

  /** It will have no answer of its own. */
  lost(at: number): void {
    this.#seats[at] = { kind: "lost" };
  }

  /** The one answer that is missing, made of all others; undefined while there is none to be made. @throws NotLinear */
  rebuilt(): { readonly at: number; readonly value: unknown } | undefined {
    if (!this.#hasParity) return undefined;
    const missing = this.#seats.flatMap(({ kind }, at) => (kind === "value" ? [] : [at]));
    if (missing.length !== 1) return undefined;
    const at = missing[0]!;
    const parts = this.#seats.map((seat) => (seat.kind === "value" ? seat.value : undefined));
    return { at, value: solve(this.#parity, parts, weightsOf(parts.length), at) };
  }

  /** Whether the answer of a lost one can still come of the others. */
  get hopeful(): boolean {
    return this.#seats.filter(({ kind }) => kind === "lost").length <= 1;
  }
}
