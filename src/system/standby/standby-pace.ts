import { SPARE_REFILL_AFTER } from "../../defaults.js";
import { milliseconds } from "../../duration.js";
import type { StandbyPace } from "./decide-standby.js";

/** Messages whose events wait for a replica: one that is further behind is made anew, from what is kept. */
export const MOST_BEHIND = 10_000;

/** A stateless replica has nothing to do at its promotion: one that does not answer within this is not there, ms. */
export const PROMOTED_WITHIN_MS = 3000;

/** When replicas start, and how often they are given a state. */
export const standbyPace: StandbyPace = {
  // As for a spare, and for the same reason: it competes with the restart that used the one before.
  pauseMs: milliseconds(SPARE_REFILL_AFTER, "standby"),
  // A class that cannot stand by is tried twice a minute, and told each time.
  longestPauseMs: 30_000,
  // What breaks a replica breaks it when it starts, or with the first states.
  healthyMs: 10_000,
  // A hundred times a second at most: what is newer goes with the promotion.
  restMs: 10,
  // A tenth of a core, however large a state is.
  restFactor: 9,
  longestRestMs: 1000,
};
