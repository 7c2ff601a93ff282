import { Actor, type Ref } from "holdfast";
import type { Gate } from "../behaviour/gate.js";

export class Crowd extends Actor<{ gate: Ref<Gate> }> {
  hold(name: string): Promise<string>;
  holdOnce(name: string): Promise<string>;
  bomb(name: string): Promise<never>;
  throwLater(name: string): Promise<never>;
  leaveBomb(name: string): string;
  leaveTimer(name: string): string;
  short(name: string): Promise<string>;
  loop(name: string): Promise<never>;
  through(other: Ref<Crowd>, name: string): Promise<string>;
  say<T>(value: T): T;
}

export class Queue extends Crowd {}
