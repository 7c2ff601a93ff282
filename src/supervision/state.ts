import { HoldfastError } from "../errors.js";
import type { Streak } from "./backoff.js";
import type { Charges } from "./intensity.js";
import type { ChildState } from "./life.js";
import type { Line } from "./line.js";
import type { EndReason } from "./messages.js";
import { noHistory, shared } from "./shared-record.js";
import type { ChildRules, SupervisorRules } from "./spec.js";

/**
 * rollback: a failing first start stops what was started and ends the supervisor.
 * background: a failing first start is retried with back-off, parks that child when over budget, and holds nobody up.
 */
export type StartMode = "rollback" | "background";

/** One child: what it is (`life`) beside what it should be (`goal`). */
export interface ChildRecord {
  readonly rules: ChildRules;
  readonly life: ChildState;
  /** up: supervised. down: stopped by hand or parked. gone: forgotten as soon as it is down. */
  readonly goal: "up" | "down" | "gone";
  /**
   * first: there at the first start. added: later. asked: later, by somebody who hears how its first start went, so that
   * one which failed need not be kept.
   */
  readonly origin: "first" | "added" | "asked";
  /** How many times it has become ready. 0: whatever failed until now was its first start. */
  readonly readies: number;
  /** Deaths of unknown guilt and failed starts in the window. */
  readonly unknown: Charges;
  /** Deaths charged to a message in the window. */
  readonly guilty: Charges;
  readonly streak: Streak;
}

/** A child by name, with the rules it is supervised by. */
export interface NamedRules {
  readonly id: string;
  readonly rules: ChildRules;
}

/** Records by id, in start order: a Map, or what an engine keeps beside each record anyway. */
export type ChildTable = Pick<
  Map<string, ChildRecord>,
  "size" | "get" | "has" | "set" | "delete" | "keys" | "values" | typeof Symbol.iterator
>;

/**
 * Work that must keep an order across children: the first start, a group restart, the final stop. At most one at a
 * time; a later one takes over what was left of the earlier.
 *
 *   stop: d ▸ c ▸ b     one after the other, in stop order; when none is left ▾
 *   start: b ▸ c ▸ d    one after the other, in start order; the first is left when it runs
 */
export interface Round {
  readonly stop: Line;
  readonly start: Line;
}

/** idle ─start─▶ starting ─▶ up, and from each of them ─▶ ending ─▶ ended. */
export type Phase =
  | { readonly kind: "idle" }
  /** `owed`: the children that "up" still waits for. */
  | { readonly kind: "starting"; readonly owed: Set<string> }
  | { readonly kind: "up" }
  | { readonly kind: "ending"; readonly reason: EndReason; readonly error: Error | undefined }
  | { readonly kind: "ended" };

/**
 * All that a supervisor knows. Records and phases are immutable; the table, the Set and the Lines are *owned*: `decide` changes them
 * in place, so that an event among 10,000 children costs the same as among ten. A state that was handed to `decide` is
 * spent: go on with the one it returned. To replay, begin at `initial` again.
 */
export interface SupervisorState {
  readonly rules: SupervisorRules;
  readonly mode: StartMode;
  readonly phase: Phase;
  /** In start order. */
  readonly children: ChildTable;
  readonly round: Round | undefined;
  /** Restart rounds of unknown guilt in the supervisor's window. */
  readonly charges: Charges;
}

/**
 * A supervisor before its first start.
 * @param children in start order
 * @param table empty; where their records are kept
 * @throws InvalidSpec when two children have one id, or one is significant to a supervisor that does not care
 */
export function initial(
  rules: SupervisorRules,
  children: readonly NamedRules[],
  mode: StartMode,
  table: ChildTable = new Map<string, ChildRecord>(),
): SupervisorState {
  for (const { id, rules: own } of children) {
    refuseTaken(table, id);
    refuseSignificant(rules, id, own);
    table.set(id, newRecord(own, "first"));
  }
  return { rules, mode, phase: { kind: "idle" }, children: table, round: undefined, charges: [] };
}

export function newRecord(rules: ChildRules, origin: ChildRecord["origin"]): ChildRecord {
  return shared({ rules, life: "stopped", goal: "up", origin, readies: 0, ...noHistory });
}

export function refuseTaken(table: ChildTable, id: string): void {
  const there = table.get(id);
  if (!there) return;
  const why = there.goal === "gone" ? "is being removed: wait until it is gone" : "exists already: ids are unique";
  throw new HoldfastError("InvalidSpec", `a child named ${JSON.stringify(id)} ${why}`, { details: { id } });
}

/** OTP's rule too: with "never" a significant child would end and nothing would follow. */
export function refuseSignificant(rules: SupervisorRules, id: string, child: ChildRules): void {
  if (!child.significant || rules.autoShutdown !== "never") return;
  throw new HoldfastError(
    "InvalidSpec",
    `child ${JSON.stringify(id)} is significant, and its supervisor's autoShutdown is "never": ` +
      'give the supervisor "any-significant" or "all-significant", or leave significant out',
    { details: { field: `${id}.significant`, id } },
  );
}
