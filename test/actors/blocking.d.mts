import { Actor, type KeyedRef } from "holdfast";
import type { Gate } from "../behaviour/gate.js";

export class Blocking extends Actor<{ gate?: KeyedRef<Gate> } | undefined> {
  wedge(): string;
  say(value: unknown): unknown;
  block(ms: number): void;
  take(name: string, ballast?: Uint8Array): void;
  taken(): string[];
  incarnation(): number;
  pid(): number;
  spin(): never;
  stuck(seconds: number): Promise<number>;
  uncaughtAt(name: string): Promise<never>;
  briefly(name: string): Promise<string>;
  hold(name: string): Promise<string>;
}
