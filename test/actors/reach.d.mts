import { Actor, type ActorOptions, type Isolation, type ignore, type Notice, type Ref } from "holdfast";
import type { Gate } from "../behaviour/gate.js";

export interface IdlerProps {
  gate: Ref<Gate>;
  works?: string;
  unloads?: string;
}

export class Idler extends Actor<IdlerProps> {
  start(): Promise<undefined | typeof ignore>;
  say<T>(value: T): T;
  fail(): void;
}

export class Device extends Actor<{ gate: Ref<Gate>; file?: string }> {
  start(): Promise<void>;
  say<T>(value: T): T;
  block(seconds: number): void;
  spin(): void;
}

export class Lingerer extends Actor<{ gate: Ref<Gate> }> {
  start(): void;
  who(): number;
  hold(file: string, other?: Ref<Keeper>): Promise<string>;
  fail(): void;
  failInHaste(): void;
  forever(): Promise<never>;
  armBomb(ms: number): void;
}

export class Keeper extends Actor {
  keep(value: unknown): void;
  kept(): unknown[];
}

export class Counting extends Actor {
  addTwice(file: string): Promise<number>;
  add(): number;
  armBomb(ms: number): void;
  incarnation(): number;
  snapshot(): number;
  restore(n: number): void;
}

export class Watcher extends Actor<{ gate: Ref<Gate> }> {
  hear(target: { readonly path: string } | string): Promise<Notice>;
  listen(target: { readonly path: string } | string): void;
  who(): number;
  fail(): void;
}

export interface ChildProps {
  gate?: Ref<Gate>;
  held?: string;
  fails?: string;
  stopHeld?: string;
}

export class Parent extends Actor<{ gate?: Ref<Gate>; early?: string }> {
  open(
    level: Isolation,
    name: string,
    more?: ChildProps & { of?: string },
    options?: ActorOptions,
  ): Promise<Ref<Child>>;
  openUnnamed(level: Isolation): Promise<string>;
  openMany(level: Isolation, most: number): Promise<{ opened: number; code?: string; message?: string }>;
  openOddly(): Promise<unknown>;
  ask(name: string, method: string, ...args: unknown[]): Promise<unknown>;
  hear(name: string): Promise<Notice>;
  who(): number;
  fail(): void;
  openAside(level: Isolation): void;
}

export class Child extends Actor<ChildProps> {
  say<T>(value: T): T;
  who(): { path: string; key: string | undefined; incarnation: number };
  fail(): void;
}
