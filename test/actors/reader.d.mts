import { Actor, type Ref } from "holdfast";

/** What a reader reads from. There is no such class: a probe stands in for it. */
export interface Store {
  get(name: string): string;
  put(name: string, value: unknown): void;
}

export class Reader extends Actor<{ store: Ref<Store> } | undefined> {
  read(name: string): Promise<string>;
  save(name: string, value: unknown): boolean;
  reads(): number;
  incarnation(): number;
  patient<T>(value: T): T;
  upTo(n: number): AsyncGenerator<number>;
}
