import { Actor } from "holdfast";

export class Echo extends Actor {
  say<T>(value: T): T;
  each(values: unknown[]): AsyncIterable<unknown>;
  spoiled(where: (string | number)[], what: string): Promise<unknown>;
}
