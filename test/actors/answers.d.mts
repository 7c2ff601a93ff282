import { Actor, type Tensor } from "holdfast";

/** By the name of a member: what it is to do, or how far its answer is to be off. */
export type Orders = Record<string, "die" | "throw" | "wait" | "refuse" | number>;

export class Scorer extends Actor {
  score<V extends Float32Array | Float64Array | { total: number; label: string }>(
    values: V,
    orders?: Orders,
  ): Promise<V>;
  member(): string;
  sum(tensor: Tensor): number;
  squared(x: number): number;
}
