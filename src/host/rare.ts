import type { ActorLog } from "../actor/actor-log.js";
import type { ActorWork } from "./actor-work.js";
import type { LifeTimers } from "./life-timers.js";
import type { EventRoom } from "./persisted.js";
import type { Rebuilding } from "./rebuilding.js";

/** What an incarnation does not have that nobody has spoken to, and that has no key and no timers. */
export class Rare {
  /** Its messages. */
  work: ActorWork | undefined;
  /** Of one in a keyed group. */
  key: string | undefined;
  timers: LifeTimers | undefined;
  /** Made when it first writes a line. */
  log: ActorLog | undefined;
  life: AbortController | undefined;
  /** Its state is being built again from events. */
  rebuilding: Rebuilding | undefined;
  /** Of an event-sourced one. */
  room: EventRoom | undefined;
  /** What still runs of it after its end. */
  left: Map<object, string> | undefined;
  /** Outcomes of it that nobody will hear. */
  dropped = 0;
}
