import type { Duration } from "../../../duration.js";
import { milliseconds } from "../../../duration.js";
import { type KeysOf, onlyKnownKeys } from "../../../known-keys.js";
import type { ThresholdEvent } from "../../../system/events.js";
import { type Condition, conditionOf, holds, wrong } from "./condition.js";

/** What is done when a rule holds. A function gets the event; what it throws, or never resolves, touches nothing else. */
export type RuleAction = "alert" | "recycle-largest" | "shed" | ((event: ThresholdEvent) => unknown);

/** A rule of a monitor, as data. */
export interface RuleOptions {
  /** A reading and where it must not be: "memory > 90 %". */
  readonly when: string;
  /** How long it must hold, in every reading of that time. Default "10s"; 0: the first reading is enough. */
  readonly for?: Duration;
  /**
   * "alert" (default): an event alone. "recycle-largest": the thread or process that holds most memory is started anew, one at a
   * time. "shed": calls of low priority are refused, then those of normal priority too. Or a function of yours.
   */
  readonly then?: RuleAction;
  /** When it is over: "memory < 80 %", for as long as `for`. Default: 10 % below (or above) the limit of `when`. */
  readonly clear?: string;
  /** Between two actions of this rule at least. Default "60s". */
  readonly pause?: Duration;
}

/** A rule that was read and checked. Times in ms. */
export interface Rule {
  readonly text: string;
  readonly condition: Condition;
  readonly clear: Pick<Condition, "is" | "limit">;
  readonly forMs: number;
  readonly pauseMs: number;
  readonly then: RuleAction;
  /** One of the defaults: nobody is told where its reading cannot be had. */
  readonly byDefault: boolean;
}

const defaultFor: Duration = "10s";
/** What was recycled or refused shows in the readings by then. */
const defaultPause: Duration = "60s";
/** Of the limit: what swings around it is one trigger, not many. */
const HYSTERESIS = 0.1;

const ruleKeys: KeysOf<RuleOptions> = { when: true, for: true, then: true, clear: true, pause: true };
const actions = ["alert", "recycle-largest", "shed"];

/** "memory > 90 % for 10s then shed": a rule on one line. */
const lineForm = /^(.*?)(?:\s+for\s+(\d[\d.]*\s*[a-z]+))?(?:\s+then\s+(\S+))?\s*$/s;

/**
 * A rule as the monitor carries it out.
 * @param given data, or one line: "memory > 90 % for 10s then recycle-largest"
 * @throws HoldfastError InvalidSpec naming the field, quoting the value and saying the fix
 */
export function ruleOf(given: RuleOptions | string, field: string, byDefault = false): Rule {
  const options = typeof given === "string" ? fromLine(given) : given;
  onlyKnownKeys(options, ruleKeys, field);
  const { when, for: held = defaultFor, then = "alert", pause = defaultPause } = options;
  const condition = conditionOf(when, `${field}.when`);
  if (typeof then !== "function" && !actions.includes(then)) {
    throw wrong(`${field}.then`, then, `give ${actions.map((name) => `"${name}"`).join(", ")} or a function`);
  }
  return {
    text: when.trim(),
    condition,
    clear: clearOf(condition, options.clear, `${field}.clear`),
    forMs: finite(held, `${field}.for`),
    pauseMs: finite(pause, `${field}.pause`),
    then,
    byDefault,
  };
}

function fromLine(line: string): RuleOptions {
  const [, when = "", held, then] = lineForm.exec(line) ?? [];
  return {
    when,
    ...(held === undefined ? {} : { for: held as Duration }),
    ...(then === undefined ? {} : { then: then as RuleAction }),
  };
}

function finite(value: Duration, field: string): number {
  const ms = milliseconds(value, field);
  if (ms < Number.POSITIVE_INFINITY) return ms;
  throw wrong(field, value, 'give a time that ends, such as "10s"');
}

function clearOf(condition: Condition, given: string | undefined, field: string): Pick<Condition, "is" | "limit"> {
  const { is, limit, key } = condition;
  const upper = is === ">" || is === ">=";
  if (given === undefined) {
    // At zero there is nothing to be 10 % of: there it is over as soon as it does not hold.
    if (limit === 0) return { is: { ">": "<=", ">=": "<", "<": ">=", "<=": ">" }[is] as Condition["is"], limit };
    const margin = Math.abs(limit) * HYSTERESIS;
    return upper ? { is: "<", limit: limit - margin } : { is: ">", limit: limit + margin };
  }
  const clear = conditionOf(given, field);
  const way = upper ? "below" : "above";
  if (clear.key !== key) throw wrong(field, given, `it is of another reading than ${key}: a rule has one`);
  const other = upper ? clear.is === "<" || clear.is === "<=" : clear.is === ">" || clear.is === ">=";
  const beyond = upper ? clear.limit <= limit : clear.limit >= limit;
  if (!other || !beyond || (holds(condition, clear.limit) && holds(clear, clear.limit))) {
    throw wrong(field, given, `it must end ${way} where the rule begins, such as "${key} ${upper ? "<" : ">"} …"`);
  }
  return clear;
}
