import type { Duration } from "../duration.js";
import { milliseconds } from "../duration.js";
import { HoldfastError } from "../errors.js";
import { type KeysOf, nearest, onlyKnownKeys, shown } from "../known-keys.js";
import type { Backoff } from "./backoff.js";
import type { Intensity } from "./intensity.js";
import { type Preset, presets } from "./presets.js";

const strategies = ["one-for-one", "all-for-one", "rest-for-one"] as const;
const restarts = ["permanent", "transient", "temporary"] as const;
const overBudgets = ["escalate", "quarantine"] as const;
const autoShutdowns = ["never", "any-significant", "all-significant"] as const;

/** Who is restarted when a child dies: it alone, all, or it and those started after it. OTP's, in our spelling. */
export type Strategy = (typeof strategies)[number];
/** permanent: always restarted. transient: unless it ended cleanly. temporary: never, and forgotten. OTP's. */
export type Restart = (typeof restarts)[number];
/** How a child is stopped: asked and given so many ms, killed at once, or asked and waited for. */
export type Shutdown = number | "brutal" | "unlimited";
/** Over budget: the supervisor stops everything and gives up, or parks that child and keeps the rest. */
export type OverBudget = (typeof overBudgets)[number];

/** Does a supervisor end, cleanly, when a significant child has ended by itself: the first, or the last of them? OTP's. */
export type AutoShutdown = (typeof autoShutdowns)[number];

export interface IntensityOptions {
  /** A whole number >= 0, or Infinity. */
  restarts: number;
  /** A sliding window, > 0. */
  within: Duration;
}

export interface BackoffOptions {
  /** The pause before the second restart in a row (the first is immediate). Default 200 ms. */
  initial?: Duration;
  /** >= 1. Default 2. */
  factor?: number;
  /** The longest pause. Default 30 s, or `initial` where that is longer. */
  max?: Duration;
  /** 0 to 1: the part of each pause that is random. Default 0.2. */
  jitter?: number;
  /** Being up for so long forgets earlier failures. Default 30 s. */
  healthyAfter?: Duration;
}

/** What a user may write for one child. */
export interface ChildOptions {
  /** Default "permanent". */
  restart?: Restart;
  /** Default 5 s. `Infinity` means "unlimited". */
  shutdown?: Duration | "brutal" | "unlimited";
  /** How long host, load() and start() may take together. Default 30 s; `Infinity` only when written. */
  startTimeout?: Duration;
  /** Deaths of unknown guilt and failed starts. Default 5 within 60 s. */
  intensity?: IntensityOptions;
  /** Deaths charged to the message that was executing. Default 1000 within 60 s. */
  guiltyIntensity?: IntensityOptions;
  /** Default: the supervisor's; where it has none, "escalate", and "quarantine" for guilty deaths. */
  overBudget?: OverBudget;
  backoff?: BackoffOptions;
  /**
   * Its end may be the end of its supervisor, see `autoShutdown`. For transient and temporary children: a permanent one
   * never ends by itself. Default false.
   */
  significant?: boolean;
}

export interface SupervisorOptions {
  /** Default "one-for-one". */
  strategy?: Strategy;
  /** Restart rounds of unknown guilt, all children together. Default 20 within 60 s. Over it the supervisor gives up. */
  intensity?: IntensityOptions;
  /** What happens to a child over *its own* budget, where the child does not say. */
  overBudget?: OverBudget;
  /** Default "never". */
  autoShutdown?: AutoShutdown;
  /**
   * Which set of defaults holds for this supervisor, its children, and the supervisors below it that name none:
   * "server" (default), "edge" or "batch". What is written out wins. The numbers and their reasons: docs/supervision.md.
   */
  preset?: Preset;
}

/** What a child may say of its supervision; an actor says more on top. */
export const childKeys: KeysOf<ChildOptions> = {
  restart: true,
  shutdown: true,
  startTimeout: true,
  intensity: true,
  guiltyIntensity: true,
  overBudget: true,
  backoff: true,
  significant: true,
};
export const supervisorKeys: KeysOf<SupervisorOptions> = {
  strategy: true,
  intensity: true,
  overBudget: true,
  autoShutdown: true,
  preset: true,
};
const intensityKeys: KeysOf<IntensityOptions> = { restarts: true, within: true };
const backoffKeys: KeysOf<BackoffOptions> = {
  initial: true,
  factor: true,
  max: true,
  jitter: true,
  healthyAfter: true,
};

/** How a child is supervised: complete, valid, durations in ms. Children of one kind share one, so its name is not in it. */
export interface ChildRules {
  readonly restart: Restart;
  readonly shutdown: Shutdown;
  readonly startTimeoutMs: number;
  readonly intensity: Intensity;
  readonly guiltyIntensity: Intensity;
  /** undefined: the supervisor's. */
  readonly overBudget: OverBudget | undefined;
  readonly backoff: Backoff;
  readonly significant: boolean;
}

export interface SupervisorRules {
  readonly strategy: Strategy;
  readonly intensity: Intensity;
  /** What happens to a child over its budget of deaths of unknown guilt, where it does not say. */
  readonly overBudget: OverBudget;
  /** The same for its budget of guilty deaths. */
  readonly guiltyOverBudget: OverBudget;
  readonly autoShutdown: AutoShutdown;
  /**
   * kept: children start one after the other and stop in reverse. none: they owe each other nothing, come and go by
   * thousands, stop all at once, and are forgotten when they end (a dynamic supervisor's).
   */
  readonly order: "kept" | "none";
}

/**
 * A child's options with every default filled in; one for all who say nothing else.
 * @param field the child's place in the user's spec, quoted by errors: `app.digits`
 * @throws InvalidSpec naming the field and quoting its value
 */
export function childRules(options: ChildOptions, field: string, preset: Preset = "server"): ChildRules {
  const rules = filledIn(options, field, preset);
  const usual = standard(preset);
  const says = (Object.keys(rules) as (keyof ChildRules)[]).some((key) => rules[key] !== usual[key]);
  return says ? rules : usual;
}

function filledIn(options: ChildOptions, field: string, preset: Preset): ChildRules {
  const defaults = presets[preset];
  const restart = oneOf(restarts, options.restart ?? defaults.restart, `${field}.restart`);
  return {
    restart,
    shutdown: shutdown(options.shutdown ?? defaults.shutdownMs, `${field}.shutdown`),
    startTimeoutMs: positive(options.startTimeout ?? defaults.startTimeoutMs, `${field}.startTimeout`),
    intensity: intensity(options.intensity, defaults.intensity, `${field}.intensity`),
    guiltyIntensity: intensity(options.guiltyIntensity, defaults.guiltyIntensity, `${field}.guiltyIntensity`),
    overBudget: optional(overBudgets, options.overBudget, `${field}.overBudget`),
    backoff: options.backoff ? backoff(options.backoff, defaults.backoff, `${field}.backoff`) : defaults.backoff,
    significant: significant(options.significant ?? false, restart, `${field}.significant`),
  };
}

/** What holds for a child that says nothing, by preset. */
const standards = new Map<Preset, ChildRules>();

function standard(preset: Preset): ChildRules {
  let known = standards.get(preset);
  if (!known) {
    known = filledIn({}, preset, preset);
    standards.set(preset, known);
  }
  return known;
}

/**
 * A supervisor's options with every default filled in.
 * @param field the supervisor's place in the user's spec, quoted by errors: `app`
 * @throws InvalidSpec naming the field and quoting its value
 */
export function supervisorRules(
  options: SupervisorOptions,
  field: string,
  { inherited = "server", order = "kept" }: { inherited?: Preset; order?: SupervisorRules["order"] } = {},
): SupervisorRules {
  const defaults = presets[presetOf(options, inherited, field)];
  const chosen = optional(overBudgets, options.overBudget, `${field}.overBudget`);
  return {
    strategy: oneOf(strategies, options.strategy ?? defaults.strategy, `${field}.strategy`),
    intensity: intensity(options.intensity, defaults.supervisorIntensity, `${field}.intensity`),
    overBudget: chosen ?? defaults.overBudget,
    guiltyOverBudget: chosen ?? defaults.guiltyOverBudget,
    autoShutdown: oneOf(autoShutdowns, options.autoShutdown ?? "never", `${field}.autoShutdown`),
    order,
  };
}

/** The preset that a supervisor names, or the one it is under. @throws InvalidSpec quoting one that does not exist */
export function presetOf({ preset }: SupervisorOptions, inherited: Preset, field: string): Preset {
  return preset === undefined ? inherited : oneOf(Object.keys(presets) as Preset[], preset, `${field}.preset`);
}

function significant(value: boolean, restart: Restart, field: string): boolean {
  if (typeof value !== "boolean") throw invalid(field, value, "true or false");
  if (!value || restart !== "permanent") return value;
  throw invalid(field, value, 'restart "transient" or "temporary" with it: a permanent child never ends by itself');
}

function shutdown(value: NonNullable<ChildOptions["shutdown"]>, field: string): Shutdown {
  if (value === "brutal" || value === "unlimited") return value;
  const ms = duration(value, field, 'a duration such as 5000 or "5s", "brutal" or "unlimited"');
  return ms === Number.POSITIVE_INFINITY ? "unlimited" : ms;
}

function intensity(value: IntensityOptions | undefined, standard: Intensity, field: string): Intensity {
  if (value === undefined) return standard;
  if (typeof value !== "object" || value === null) {
    throw invalid(field, value, 'an object such as { restarts: 3, within: "60s" }');
  }
  onlyKnownKeys(value, intensityKeys, field);
  const { restarts: count } = value;
  if (!(count === Number.POSITIVE_INFINITY || (Number.isInteger(count) && count >= 0))) {
    throw invalid(`${field}.restarts`, count, "a whole number >= 0, or Infinity");
  }
  return { restarts: count, withinMs: positive(value.within, `${field}.within`) };
}

function backoff(options: BackoffOptions, defaults: Backoff, field: string): Backoff {
  onlyKnownKeys(options, backoffKeys, field);
  const initialMs = finite(options.initial ?? defaults.initialMs, `${field}.initial`);
  const maxMs = finite(options.max ?? Math.max(defaults.maxMs, initialMs), `${field}.max`);
  if (maxMs < initialMs) throw invalid(`${field}.max`, options.max, `at least ${field}.initial, ${initialMs} ms`);
  const factor = options.factor ?? defaults.factor;
  if (!(Number.isFinite(factor) && factor >= 1)) throw invalid(`${field}.factor`, factor, "a finite number >= 1");
  const jitter = options.jitter ?? defaults.jitter;
  if (!(jitter >= 0 && jitter <= 1)) throw invalid(`${field}.jitter`, jitter, "a number from 0 to 1");
  const healthyAfter = options.healthyAfter ?? defaults.healthyAfterMs;
  return { initialMs, factor, maxMs, jitter, healthyAfterMs: duration(healthyAfter, `${field}.healthyAfter`) };
}

function oneOf<T extends string>(allowed: readonly T[], value: T, field: string): T {
  if (allowed.includes(value)) return value;
  const all = allowed.map((name) => `"${name}"`).join(", ");
  const meant = typeof value === "string" ? closest(value, allowed) : undefined;
  if (meant === undefined) throw invalid(field, value, `one of ${all}`);
  throw new HoldfastError(
    "InvalidSpec",
    `${field} is ${JSON.stringify(value)}: did you mean "${meant}"? (there are: ${all})`,
    { details: { field } },
  );
}

/** OTP's own spelling, or a slip of the pen. */
function closest(value: string, allowed: readonly string[]): string | undefined {
  const otps: Readonly<Record<string, Strategy>> = { "one-for-all": "all-for-one" };
  const spelled = value.toLowerCase().replaceAll(/[_\s]+/g, "-");
  return nearest(otps[spelled] ?? spelled, allowed);
}

function optional<T extends string>(allowed: readonly T[], value: T | undefined, field: string): T | undefined {
  return value === undefined ? undefined : oneOf(allowed, value, field);
}

function positive(value: Duration, field: string): number {
  const ms = duration(value, field);
  if (ms > 0) return ms;
  throw invalid(field, value, "a duration longer than 0");
}

function finite(value: Duration, field: string): number {
  const ms = duration(value, field);
  if (ms < Number.POSITIVE_INFINITY) return ms;
  throw invalid(field, value, "a finite duration");
}

function duration(
  value: Duration,
  field: string,
  fix = 'milliseconds >= 0, or text such as "250ms", "2s", "5m"',
): number {
  try {
    return milliseconds(value, field);
  } catch {
    throw invalid(field, value, fix);
  }
}

function invalid(field: string, value: unknown, fix: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `${field} is ${shown(value)}: give ${fix}`, { details: { field } });
}
