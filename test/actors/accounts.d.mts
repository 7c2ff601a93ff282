import { Actor, type Ref } from "holdfast";
import type { Gate } from "../behaviour/gate.js";

export interface Happened {
  readonly deposited?: number;
}

export declare class Account extends Actor<{ gate: Ref<Gate> } | undefined> {
  deposit(cents: number): number;
  parts(...cents: number[]): number[];
  depositHeld(cents: number, door: string): Promise<number>;
  depositUnlessAborted(cents: number, door: string): Promise<void>;
  depositThenThrow(cents: number): never;
  depositThenRefuse(cents: number): never;
  swallow(cents: number): string;
  keepAndChange(tag: string): number;
  many(count: number): number;
  unsendable(): void;
  later(): void;
  nested(): void;
  fromTimer(): void;
  large(length: number): number;
  unsendableAnswer(length: number): unknown;
  stream(...cents: number[]): AsyncIterable<number>;
  balance(): number;
  seen(): unknown[];
  apply(event: Happened): void;
}

export declare class SavedAccount extends Account {
  history(): { applied: number; restored: number[] };
}

export declare class Replier extends Account {
  throwPlainly(): never;
}

export declare class Forgetful extends Account {}
