import type { LifeTimers } from "./life-timers.js";

/** What few incarnations have. */
export class Rare {
  /** Of one in a keyed group. */
  key: string | undefined;
  timers: LifeTimers | undefined;
  life: AbortController | undefined;
  /** What still runs of it after its end. */
  left: Map<object, string> | undefined;
  /** Outcomes of it that nobody will hear. */
  dropped = 0;
}
