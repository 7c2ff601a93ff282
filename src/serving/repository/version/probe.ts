import type { Clock } from "../../../clock.js";
import { type Duration, milliseconds } from "../../../duration.js";
import { HoldfastError } from "../../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../../known-keys.js";
import { Canary } from "../../../observe/canary.js";
import type { App } from "../../../system/app.js";
import { findNode } from "../../../system/tree.js";

/** A request that is made of a model when nobody else makes any, so that its readiness knows whether it is answered. */
export interface ProbeOptions {
  /** How often it is looked whether somebody was answered. Default "10s", at least "100ms". */
  readonly every?: Duration;
  /** How long it may take. Default "5s". */
  readonly timeout?: Duration;
}

/** In ms. */
export interface ProbeSettings {
  readonly everyMs: number;
  readonly timeoutMs: number;
}

const keys: KeysOf<ProbeOptions> = { every: true, timeout: true };

/** A model that hangs is noticed within a quarter of a minute, and costs a run in ten seconds where nobody asks it. */
export const PROBE_EVERY: Duration = "10s";
/** Longer than an inference that anybody waits for. */
export const PROBE_TIMEOUT: Duration = "5s";
const SOONEST_MS = 100;

/**
 * @param field what the options are called
 * @throws HoldfastError InvalidSpec naming the option, quoting the value, saying the fix
 */
export function probeSettings(options: ProbeOptions | boolean | undefined, field: string): ProbeSettings | undefined {
  if (options === undefined || options === false) return undefined;
  if (options !== true && (typeof options !== "object" || options === null))
    throw invalid(field, options, '{ every: "10s", timeout: "5s" }, true or false');
  const { every = PROBE_EVERY, timeout = PROBE_TIMEOUT } = options === true ? {} : options;
  if (options !== true) onlyKnownKeys(options, keys, field);
  const everyMs = milliseconds(every, `${field}.every`);
  if (!(everyMs >= SOONEST_MS)) throw invalid(`${field}.every`, every, `"${SOONEST_MS}ms" or more`);
  const timeoutMs = milliseconds(timeout, `${field}.timeout`);
  if (!(timeoutMs > 0)) throw invalid(`${field}.timeout`, timeout, `a time, such as "${PROBE_TIMEOUT}"`);
  return { everyMs, timeoutMs };
}

export interface ProbedPool {
  readonly app: Pick<App<unknown>, "tree">;
  readonly clock: Clock;
  readonly path: string;
  readonly settings: ProbeSettings;
  /** Asks what was answered before. */
  ask(timeoutMs: number): Promise<unknown>;
}

/** Looks at a version's pool from now on; `stop()` ends it. */
export function probe({ app, clock, path, settings, ask }: ProbedPool): Canary {
  const canary = new Canary({
    clock,
    everyMs: settings.everyMs,
    ask: () => ask(settings.timeoutMs),
    answered: () => findNode(app.tree(), path)?.answered,
  });
  canary.begin();
  return canary;
}

function invalid(field: string, value: unknown, fix: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `${field} is ${shown(value)}: give ${fix}`, { details: { field } });
}
