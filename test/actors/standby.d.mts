import { Actor, type ActorSelf, type Ref } from "holdfast";
import type { Gate } from "../behaviour/gate.js";

export interface LedgerProps {
  gate?: Ref<Gate>;
}

/** Where a ledger is, and what it went through. */
export interface LedgerLife {
  incarnation: number;
  standby: boolean;
  restored: number;
  started: number;
  timers: number;
  pid: number;
}

export class Ledger extends Actor<LedgerProps> {
  snapshot(): { sum: number };
  restore(state: { sum: number }): void;
  add(n: number): number;
  read(): number;
  quick(n: number): number;
  addSlowly(n: number): Promise<number>;
  life(): LedgerLife;
  throws(): void;
}

export class Service extends Actor<{ fails?: boolean }> {
  times(n: number): number;
  life(): { began: ActorSelf; now: ActorSelf; pid: number };
}
