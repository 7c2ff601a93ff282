import { type LearnedService, observeService } from "../scaling/learned-service.js";

/** What messages of one method take, from being handed to a member to their answer; plain data. */
export interface LearnedMethod extends LearnedService {
  /** How far they are from their mean, on the average, ms. */
  readonly spreadMs: number;
}

/** As of the mean, one outlier counts as so much at most. */
const OUTLIER = 4;

/** See observeService(). */
export function observeMethod(before: LearnedMethod | undefined, ms: number, now: number): LearnedMethod | undefined {
  const service = observeService(before, ms, now);
  if (service === undefined || service === before) return before;
  if (before === undefined) return { ...service, spreadMs: 0 };
  const weight = Math.max(1 / service.seen, 1 / 32);
  const off = Math.min(Math.abs(ms - before.ms), OUTLIER * Math.max(before.ms, before.spreadMs));
  return { ...service, spreadMs: before.spreadMs + (off - before.spreadMs) * weight };
}
