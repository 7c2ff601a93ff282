import { Actor } from "holdfast";
export class Recorded extends Actor<{ fails: number } | undefined> {
  say<T>(value: T): T;
  count(to: number): AsyncIterable<number>;
  refuse(): unknown;
  throw(): void;
  die(): void;
  exit(): void;
  bomb(): Promise<never>;
  later(): Promise<void>;
  spin(): number;
  hold(): Promise<string>;
  inNative(ms: number): Promise<string>;
}
