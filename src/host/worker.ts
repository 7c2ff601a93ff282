import type { Lifecycle } from "../actor/lifecycle.js";
import type { ResolveRef } from "../transport/values.js";
import type { Incarnation } from "./own-errors.js";
import type { EventRoom } from "./persisted.js";
import type { Surroundings } from "./surroundings.js";

/** The incarnation whose messages these are. */
export interface Worker extends Incarnation {
  readonly around: Surroundings;
  /** Its first entry in the control block. */
  readonly slot: number;
  /** It is up: the next message may begin. */
  readonly open: boolean;
  readonly actor: (Lifecycle & Record<string, unknown>) | undefined;
  readonly refs: ResolveRef;
  /** Of an event-sourced one: for how many events there is room. */
  readonly room: EventRoom | undefined;
  /** A handler threw: the incarnation is over. */
  crash(seq: number, error: unknown): void;
  fence(): void;
  /** What was abandoned has settled; nobody hears of it. */
  late(running: object): void;
  /** Nothing executes any more, and nothing more begins. */
  idle(): void;
}
