import { Actor } from "holdfast";

export declare class Stuck extends Actor {
  turn(): never;
  await(): Promise<never>;
  sleep(seconds: number): number;
  promise(): Promise<never>;
  say<T>(value: T): T;
  incarnation(): number;
}
