import { Actor, type Ref } from "holdfast";

interface Gate {
  pass(name: string): Promise<void>;
  jot(text: string): void;
}

export declare class Tally extends Actor {
  add(by: number): number;
  total(): number;
  ran(): number;
  addAt(gate: Ref<Gate>, name: string, by: number): Promise<number>;
  sequence(gate: Ref<Gate>, name: string): Promise<number>;
  throws(by: number): never;
  refuses(by: number): never;
  count(to: number): AsyncGenerator<number>;
  dies(by: number): Promise<never>;
  snapshot(): { total: number };
  restore(state: { total: number }): void;
}

export declare class Notes extends Actor {
  put(id: number): number[];
  all(): number[];
  throws(id: number): never;
  snapshot(): number[];
  restore(all: number[]): void;
}

export declare class EventNotes extends Notes {
  apply(id: number): void;
}

export declare class Stateless extends Actor {
  echo<T>(value: T): T;
}
