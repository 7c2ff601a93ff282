import { Actor, type TensorLease } from "holdfast";

export declare class Unsaved extends Actor {
  snapshot(): object;
  restore(): void;
  make(): TensorLease<Uint8Array>;
  hasRoom(): boolean;
}
