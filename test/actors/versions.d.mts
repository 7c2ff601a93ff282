import { Actor, type Ref } from "holdfast";
import type { Gate } from "../behaviour/gate.js";

interface Damage {
  /** Snapshots of these sums cannot be restored. */
  readonly lost?: readonly number[];
  /** An event that cannot be applied. */
  readonly spoiled?: number;
}

export declare class Sum extends Actor<Damage | undefined> {
  add(by: number): number;
  sum(): number;
  from(): string;
}

export declare class Total extends Sum {}

export declare class Stranger extends Total {}

export declare class Plain extends Actor<Damage | undefined> {
  add(by: number): number;
  sum(): number;
  from(): string;
  number(): number;
  numberAt(gate: Ref<Gate>, door: string): Promise<number>;
}

export declare class Journal extends Actor {
  write(...entries: unknown[]): number;
  fill(count: number): number;
  read(): [number, unknown];
}
