import { Actor, type Ref } from "holdfast";
import type { Gate } from "../behaviour/gate.js";

export declare class Postbox extends Actor<{ gate: Ref<Gate> } | undefined> {
  put(letter: unknown): number;
  lock(): void;
  putUnlocked(letter: unknown): void;
  putAt(door: string, letter: unknown): Promise<void>;
  look(): void;
  fails(): never;
  refuses(): never;
  kills(): Promise<never>;
  leave(): void;
  letters(): unknown[];
}
