type Ids = { traceId: string; spanId: string };

import { Actor, type Ref } from "holdfast";
import type { Gate } from "../behaviour/gate.js";

export interface Seen {
  active: Ids | undefined;
  call: { traceparent: string; tracestate?: string } | undefined;
}

export class Traced extends Actor<{ next?: Ref<Traced>; gate?: Ref<Gate> } | undefined> {
  active(): Seen;
  later(): Promise<Ids | undefined>;
  down(times: number): Promise<unknown[]>;
  inOwn(): Promise<void>;
  again(): Promise<number>;
  hold(name: string): Promise<void>;
  moody(): number;
  fail(text: string): void;
  jot(text: string): void;
}

export class TracedBroad extends Traced {}

export class TracedBatches extends Actor {
  work(item: string): Promise<string>;
}
