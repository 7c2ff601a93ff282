import { Actor, type ignore, type Ref } from "holdfast";
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
