import type { Backoff } from "./backoff.js";
import type { Intensity } from "./intensity.js";
import type { OverBudget, Restart, Strategy } from "./spec.js";

/** Every default of supervision, in one unit: milliseconds. */
export interface SupervisionDefaults {
  readonly strategy: Strategy;
  readonly restart: Restart;
  readonly shutdownMs: number;
  readonly startTimeoutMs: number;
  /** Per child: deaths of unknown guilt and failed starts. */
  readonly intensity: Intensity;
  /** Per child: deaths charged to a message. */
  readonly guiltyIntensity: Intensity;
  /** Per supervisor: restart rounds of unknown guilt. */
  readonly supervisorIntensity: Intensity;
  readonly overBudget: OverBudget;
  /** Over the budget of guilty deaths. */
  readonly guiltyOverBudget: OverBudget;
  readonly backoff: Backoff;
}

/** For servers with operators: what is beyond repair is said soon, and left to the supervisor above, then to people. */
const server: SupervisionDefaults = {
  /** Siblings are independent unless somebody says that they are not. */
  strategy: "one-for-one",
  /** A server's children are there for good. */
  restart: "permanent",
  /** OTP's for workers: enough to finish a message and release a session, short enough for a deploy. */
  shutdownMs: 5_000,
  /** The first model session of a process compiles 14 MB of WASM: about 1 s on a desktop, 10-20 s on a small device. */
  startTimeoutMs: 30_000,
  /**
   * With the back-off below the fifth restart comes 3 s after the first death, so a child that is up for moments only is
   * found out in seconds, and one fault a minute never is.
   */
  intensity: { restarts: 5, withinMs: 60_000 },
  /**
   * Each has cost only its message, and a rebuild in place costs microseconds; at 1000 a minute a thread that takes 50 ms
   * to replace would be down most of the time.
   */
  guiltyIntensity: { restarts: 1000, withinMs: 60_000 },
  /** Four children may use up their own budget; more in a minute is no longer one child's fault. */
  supervisorIntensity: { restarts: 20, withinMs: 60_000 },
  /** OTP's: what is beyond repair here is the business of the supervisor above. */
  overBudget: "escalate",
  /** Bad input must not take healthy siblings down. */
  guiltyOverBudget: "quarantine",
  backoff: {
    /** Several times a thread's start (35-75 ms), so that a crash loop leaves the cores to others. */
    initialMs: 200,
    /** The usual doubling. */
    factor: 2,
    /** A fault that has gone (a file system mounted late) is noticed within half a minute. */
    maxMs: 30_000,
    /** A fifth of a pause is enough to spread children felled by one fault, and keeps logs readable. */
    jitter: 0.2,
    /** As long as the longest pause: who stays up for so long has earned an immediate restart again. */
    healthyAfterMs: 30_000,
  },
};

/** For devices without anybody to call: it paces itself, and gives up only over a flood of guilty deaths. */
const edge: SupervisionDefaults = {
  ...server,
  /** A slow card and a slow core: what takes 1 s on a desktop takes 10-20 s here. */
  shutdownMs: 10_000,
  startTimeoutMs: 120_000,
  /** The camera may be plugged in again in three hours, and nobody will restart a parked child: the back-off is the bound. */
  intensity: { restarts: Number.POSITIVE_INFINITY, withinMs: 60_000 },
  /** A rebuild costs ten times a desktop's, so a tenth as many. */
  guiltyIntensity: { restarts: 100, withinMs: 60_000 },
  supervisorIntensity: { restarts: Number.POSITIVE_INFINITY, withinMs: 60_000 },
  /** Reached by guilty deaths only: the app ends, the program with it, and the device's init starts it afresh. */
  guiltyOverBudget: "escalate",
  backoff: {
    /** A start is seconds of a small core. */
    initialMs: 1_000,
    factor: 2,
    /** A fault that has gone is noticed within a minute; until then a crash loop costs a few per cent of the core. */
    maxMs: 60_000,
    jitter: 0.2,
    healthyAfterMs: 60_000,
  },
};

/** For runs that have an end: ends are normal, a broken part ends the run soon and loudly, a bad item never does. */
const batch: SupervisionDefaults = {
  ...server,
  /** Who has finished is not started again. */
  restart: "transient",
  /** The item in hand may be minutes of work; a minute is what schedulers grant between their two signals. */
  shutdownMs: 60_000,
  /** Models come from a shared disk that all workers read at once. */
  startTimeoutMs: 300_000,
  /** What fails three times in a minute fails for the rest of the night too. */
  intensity: { restarts: 2, withinMs: 60_000 },
  /** A data set may hold thousands of bad items in a row; each is reported. */
  guiltyIntensity: { restarts: 10_000, withinMs: 60_000 },
  /** Twice a child's. */
  supervisorIntensity: { restarts: 4, withinMs: 60_000 },
  guiltyOverBudget: "escalate",
  backoff: {
    /** Nobody waits for an answer: time for a shared disk or a database to return. */
    initialMs: 1_000,
    factor: 2,
    maxMs: 10_000,
    jitter: 0.2,
    healthyAfterMs: 60_000,
  },
};

/** Named sets of defaults: `supervisor({ preset: "edge" }, …)`. */
export const presets = { server, edge, batch } as const satisfies Record<string, SupervisionDefaults>;

export type Preset = keyof typeof presets;
