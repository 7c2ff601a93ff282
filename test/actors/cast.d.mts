import { Actor, type Ref } from "holdfast";
import type { Gate } from "../behaviour/gate.js";

export interface HandProps {
  gate?: Ref<Gate>;
  peer?: Ref<Hand>;
}

export class Hand extends Actor<HandProps | undefined> {
  say<T>(value: T): T;
  who(): { path: string; key: string | undefined; incarnation: number };
  keep<T>(value: T): T;
  kept(): unknown;
  jot(text: string): void;
  answerInVain(): string;
  hold(name: string): Promise<string>;
  again(name: string): Promise<number>;
  patient(name: string): Promise<string>;
  holdThenThrow(name: string): Promise<void>;
  untilAborted(name: string): Promise<string>;
  race(name: string): Promise<string>;
  fail(text: string): void;
  failOddly(): void;
  failWithText(text: string): void;
  failLater(text: string): Promise<void>;
  refuse(reason: string): void;
  exit(code: number): void;
  leave(): Promise<string>;
  failAndThrowLater(how: "timer" | "promise" | "async"): void;
  poison(label?: string): void;
  hang(): void;
  uncaught(): Promise<void>;
  spin(): void;
  holdThenSpin(name: string): Promise<void>;
  hangShown(secret: string): void;
  hangAgain(): void;
  unsendable(): unknown;
  armTimer(ms: number, text: string): void;
  armBomb(ms: number): void;
  failAndLinger(other: Ref<Hand>): void;
  countAtOnce(to: number): Generator<number>;
  count(to: number): AsyncGenerator<number>;
  report(to: number, name: string): AsyncGenerator<number>;
  countThenHold(n: number, name: string): AsyncGenerator<number | string>;
  countThenStick(n: number): AsyncGenerator<number>;
  stickAtTheEnd(to: number): AsyncGenerator<number>;
  countThenThrow(n: number): AsyncGenerator<number>;
  askOther(other: Ref<Hand>, method: string, ...args: unknown[]): Promise<unknown>;
  passOn(other: Ref<Hand>, method: string, ...args: unknown[]): Promise<unknown>;
  tellOther(other: Ref<Hand>, method: string, ...args: unknown[]): boolean;
  askPeer(method: string, ...args: unknown[]): Promise<unknown>;
  codeOfOther(other: Ref<Hand>, method: string, ...args: unknown[]): Promise<string>;
}

export class Replying extends Hand {}

export class Broad extends Actor<{ gate: Ref<Gate> }> {
  hold(name: string): Promise<string>;
  untilGivenUp(name: string): Promise<string>;
  partsUntilGivenUp(name: string): AsyncIterable<string>;
  spinUntilGivenUp(): number;
  askTooLate(name: string): Promise<string>;
  isCancelled(name: string): Promise<boolean>;
  timeLeft(name: string): Promise<number[]>;
}

export class Narrow extends Broad {}

export class Wide extends Actor {
  say<T>(value: T): T;
}

export class Ledger extends Actor<{ gate?: Ref<Gate> } | undefined> {
  add(entry: string): number;
  addHeld(entry: string): Promise<number>;
  addThenThrow(entry: string): number;
  all(): string[];
}

export class StuckLedger extends Ledger {}

export interface StarterProps {
  name: string;
  gate?: Ref<Gate>;
  loading?: "never" | "asks";
  held?: string;
  fails?: string;
  stopHeld?: string;
}

export class SlowStarter extends Actor<StarterProps, { loaded: boolean }> {
  loaded(): boolean;
  fail(): void;
  armBomb(ms: number): void;
  say<T>(value: T): T;
}
