import type { MethodNames } from "../actor/ref.js";
import { type Duration, milliseconds } from "../duration.js";
import { HoldfastError } from "../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../known-keys.js";

/**
 * Which messages a fault meets: `3` the third that comes, once; `"save"` each of that method; `{ method, nth }` the nth
 * of that method, once; `{ every }` each nth. Counts are of the spec: they outlive restarts, threads and processes, and
 * the members of a pool count together.
 */
export type When<A> = number | MethodNames<A> | { method?: MethodNames<A>; nth?: number; every?: number };

/** What is to go wrong. Where several faults meet one message, the first of this list happens. */
export interface Faults<A> {
  /** The handler throws, before the actor's own code runs: the actor is rebuilt in its host. */
  throwsOn?: When<A>;
  /** The whole host dies as by a native fault: a thread exits, a process gets SIGKILL. Inline, where it cannot, it throws. */
  diesOn?: When<A>;
  /** The handler never answers: its method's `limit` ends it. */
  hangsOn?: When<A>;
  /** The host's event loop stands still. Refused inline, where it would be the test's own. */
  blocksOn?: When<A>;
  /** The handler runs `by` later. */
  slowOn?: { method?: MethodNames<A>; nth?: number; every?: number; by: Duration };
  /** The first n starts throw; `true`: every start. Starts are counted per actor. */
  throwsInStart?: number | true;
  /** In the first n starts the host dies (inline: they throw). */
  diesInStart?: number | true;
  /** The first n starts never end: `startTimeout` ends them. */
  hangsInStart?: number | true;
  /** Every start takes this much longer. */
  slowToStart?: Duration;
  /** Every stop takes this much longer. `Infinity`: it never ends, and `shutdown` ends it. */
  slowToStop?: Duration;
}

/** What a message's fault does. */
export type Deed = "throws" | "dies" | "hangs" | "blocks" | "slow";

/** One fault of messages, as data: it travels in a URL. */
export interface MessageFault {
  readonly does: Deed;
  readonly method?: string;
  readonly nth?: number;
  readonly every?: number;
  /** For "slow". */
  readonly ms?: number;
}

/** All faults of a spec, as data. */
export interface FaultPlan {
  readonly messages: readonly MessageFault[];
  /** How many of an actor's first starts fail in which way. */
  readonly starts: Readonly<Record<"throws" | "dies" | "hangs", number>>;
  readonly startMs: number;
  readonly stopMs: number;
}

/** For ever, in what JSON can say. */
export const EVER = Number.MAX_SAFE_INTEGER;

const faultKeys: KeysOf<Faults<unknown>> = {
  throwsOn: true,
  diesOn: true,
  hangsOn: true,
  blocksOn: true,
  slowOn: true,
  throwsInStart: true,
  diesInStart: true,
  hangsInStart: true,
  slowToStart: true,
  slowToStop: true,
};
const whenKeys = { method: true, nth: true, every: true } as const;

/** @throws HoldfastError InvalidSpec naming the field and quoting its value */
export function faultPlan(faults: Faults<never>): FaultPlan {
  onlyKnownKeys(faults, faultKeys, "faulty()");
  const { throwsOn, diesOn, hangsOn, blocksOn, slowOn } = faults;
  const messages: MessageFault[] = [];
  if (throwsOn !== undefined) messages.push({ does: "throws", ...when(throwsOn, "throwsOn") });
  if (diesOn !== undefined) messages.push({ does: "dies", ...when(diesOn, "diesOn") });
  if (hangsOn !== undefined) messages.push({ does: "hangs", ...when(hangsOn, "hangsOn") });
  if (blocksOn !== undefined) messages.push({ does: "blocks", ...when(blocksOn, "blocksOn") });
  if (slowOn !== undefined) {
    const { by, ...which } = slowOn;
    messages.push({ does: "slow", ...when(which, "slowOn"), ms: lasting(by, "slowOn.by") });
  }
  return {
    messages,
    starts: {
      throws: starts(faults.throwsInStart, "throwsInStart"),
      dies: starts(faults.diesInStart, "diesInStart"),
      hangs: starts(faults.hangsInStart, "hangsInStart"),
    },
    startMs: lasting(faults.slowToStart ?? 0, "slowToStart"),
    stopMs: lasting(faults.slowToStop ?? 0, "slowToStop"),
  };
}

function when(given: When<never>, field: string): Pick<MessageFault, "method" | "nth" | "every"> {
  if (typeof given === "number") return { nth: ordinal(given, field) };
  if (typeof given === "string") return { method: given };
  onlyKnownKeys(given, whenKeys, `faulty().${field}`);
  const { method, nth, every } = given as { method?: string; nth?: number; every?: number };
  if (nth !== undefined && every !== undefined) throw invalid(field, "both nth and every", "one of the two");
  return {
    ...(method === undefined ? {} : { method }),
    ...(nth === undefined ? {} : { nth: ordinal(nth, `${field}.nth`) }),
    ...(every === undefined ? {} : { every: ordinal(every, `${field}.every`) }),
  };
}

function starts(given: number | true | undefined, field: string): number {
  if (given === undefined) return 0;
  return given === true ? EVER : ordinal(given, field);
}

function lasting(given: Duration, field: string): number {
  return Math.min(milliseconds(given, `faulty().${field}`), EVER);
}

function ordinal(value: number, field: string): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw invalid(field, shown(value), "a whole number above 0: the first is 1");
}

function invalid(field: string, found: string, fix: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `faulty().${field} is ${found}: give ${fix}`, {
    details: { field: `faulty().${field}` },
  });
}
