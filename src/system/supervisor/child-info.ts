import type { ChildState } from "../../supervision/life.js";
import type { ChildRules, Restart } from "../../supervision/spec.js";
import type { TreeNode } from "../tree.js";
import type { Standing, Unit } from "../unit.js";

/** One child as its supervisor lists it: `app.children(path)`. */
export interface ChildInfo {
  readonly name: string;
  readonly path: string;
  readonly kind: TreeNode["kind"];
  readonly state: ChildState;
  /** Why it is not running, for people. */
  readonly reason?: string;
  readonly restart: Restart;
  readonly restarts: number;
  readonly significant: boolean;
}

/** How many children a supervisor has: `app.count(path)`. OTP's count_children. */
export interface ChildCount {
  /** All that are listed, down ones too. */
  readonly specs: number;
  /** Those that are there: on their way up, running, draining, or on their way down. */
  readonly active: number;
  readonly supervisors: number;
  /** Actors, pools and keyed groups. */
  readonly workers: number;
}

export function childInfo(unit: Unit, rules: ChildRules, standing: Standing): ChildInfo {
  const { state, reason, restarts } = standing;
  return {
    name: unit.name,
    path: unit.path,
    kind: unit.kind ?? "actor",
    state,
    restart: rules.restart,
    restarts,
    significant: rules.significant,
    ...(reason && state !== "running" ? { reason } : {}),
  };
}

/** The states in which there is something of a child. */
export const there: ReadonlySet<ChildState> = new Set(["starting", "running", "draining", "stopping"]);

export function childCount(children: readonly ChildInfo[]): ChildCount {
  const supervisors = children.filter(({ kind }) => kind === "supervisor").length;
  return {
    specs: children.length,
    active: children.filter(({ state }) => there.has(state)).length,
    supervisors,
    workers: children.length - supervisors,
  };
}
