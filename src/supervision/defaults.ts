/** Every default of supervision: its value, its unit, its reason. */
export const supervisionDefaults = {
  /** Siblings are independent unless somebody says that they are not. */
  strategy: "one-for-one",
  /** A server's children are there for good. */
  restart: "permanent",
  /** ms. OTP's for workers: enough to finish a message and release a session, short enough for a deploy. */
  shutdownMs: 5_000,
  /** ms. The first model session of a process compiles 14 MB of WASM: about 1 s on a desktop, 10-20 s on a small device. */
  startTimeoutMs: 30_000,
  /**
   * Per child: deaths of unknown guilt and failed starts. With the back-off below the fifth restart comes 3 s after the
   * first death, so a child that is up for moments only is found out in seconds, and one fault a minute never is.
   */
  intensity: { restarts: 5, withinMs: 60_000 },
  /**
   * Per child: deaths charged to a message. Each has cost only that message, and a rebuild in place costs microseconds;
   * at 1000 a minute a thread that takes 50 ms to replace would be down most of the time.
   */
  guiltyIntensity: { restarts: 1000, withinMs: 60_000 },
  /** Per supervisor: four children may use up their own budget; more in a minute is no longer one child's fault. */
  supervisorIntensity: { restarts: 20, withinMs: 60_000 },
  /** OTP's: what is beyond repair here is the business of the supervisor above. */
  overBudget: "escalate",
  /** Over the budget of guilty deaths, where nobody chose: bad input must not take healthy siblings down. */
  guiltyOverBudget: "quarantine",
  backoff: {
    /** ms. Several times a thread's start (35-75 ms), so that a crash loop leaves the cores to others. */
    initialMs: 200,
    /** The usual doubling. */
    factor: 2,
    /** ms. A fault that has gone (a file system mounted late) is noticed within half a minute. */
    maxMs: 30_000,
    /** A fifth of a pause is enough to spread children felled by one fault, and keeps logs readable. */
    jitter: 0.2,
    /** ms. As long as the longest pause: who stays up for so long has earned an immediate restart again. */
    healthyAfterMs: 30_000,
  },
} as const;
