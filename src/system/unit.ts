import type { Target } from "../actor/ref.js";
import type { HoldfastError } from "../errors.js";
import type { Tally } from "../mailbox/tally.js";
import type { ChildState } from "../supervision/life.js";
import type { Preset } from "../supervision/presets.js";
import type { ChildRules, Shutdown } from "../supervision/spec.js";
import type { ChildRecord, StartMode } from "../supervision/state.js";
import type { SystemContext } from "./context.js";
import type { DeathReport } from "./death/report.js";
import type { Holdable } from "./hold.js";
import type { PlannedRestart, UnitStats } from "./stats.js";
import type { TreeNode } from "./tree.js";

/** How a unit tells its supervisor that it ended by itself. */
export interface UnitExit {
  /** The death is charged to a message, or to whoever killed it on purpose; not to the unit. */
  readonly guilty: boolean;
  readonly normal: boolean;
  readonly error: Error;
  /** What the supervisor made of it. */
  decided(decision: DeathReport["decision"]): void;
}

/** Who supervises a unit, and its siblings, and hears of each by its name in the same turn. */
export interface Keeper {
  /** Its own path, which those of its units begin with. */
  readonly path: string;
  /**
   * It serves, and mail follows: told before anything is answered. A unit without mail of its own may leave it out; then
   * its start()'s resolution says so.
   */
  unitUp(name: string): void;
  /** At each death, once. */
  unitDied(name: string, exit: UnitExit): void;
  /** It is there: on its way up, running, or on its way down. */
  lives(name: string): boolean;
}

/** Of a unit that nobody supervises yet. */
export const noKeeper: Keeper = { path: "", unitUp() {}, unitDied() {}, lives: () => false };

/** How a start ends that did not fail. "ignored": start() answered `ignore`, and the unit is down. */
export type Begun = "ready" | "ignored";

/** What a supervisor knows of a unit and the unit itself does not: its place in its life. */
export interface Standing {
  readonly state: ChildState;
  readonly reason: string | undefined;
  readonly restarts: number;
}

/**
 * What a supervisor supervises: an actor, a pool, a keyed group, a cell of one, or another supervisor. A unit lives as
 * long as the system and is started and stopped any number of times; its mailbox stays.
 */
export interface Unit {
  readonly name: string;
  readonly path: string;
  readonly target: Target;
  /** What it is in the tree, where that is no actor. */
  readonly kind?: TreeNode["kind"];
  /** Resolves when it serves, or with "ignored" when it has nothing to do and stays down; rejects with why it cannot. */
  start(mode: StartMode): Promise<Begun | void>;
  /** Always resolves, within the shutdown given. Mail stays. */
  stop(shutdown: Shutdown): Promise<void>;
  /** It will not be started again: everything that waits for it gets this error, and later mail too. */
  dispose(error: HoldfastError): void;
  /** It takes nothing new; what it has it finishes. */
  drain(): void;
  /** Messages accepted and not yet settled, its own and its children's. */
  pending(): number;
  /** Set by its supervisor. */
  keeper: Keeper;
  /** What its supervisor decides by; it is kept here, and nobody else's. */
  record?: ChildRecord | undefined;
  kill(by: string, key: string | undefined): boolean;
  /** Undefined for what is part of a group, whose mail only the group can keep away. */
  readonly hold?: Holdable;
  /** What a paused one has still to finish; undefined: `pending()`. */
  unfinished?(): number;
  /** Blocks the event loop of its host for so long, as a hang would; undefined for what has no host of its own. */
  hang?(forMs: number, by: string, key: string | undefined): boolean;
  /** Lets one key of a keyed group go; undefined where there are no keys. */
  release?(key: string): Promise<void>;
  /** Forgets what is stored of it, or of its actor of a key: it begins anew. Undefined where nothing can be stored. */
  forget?(key: string | undefined): Promise<void>;
  /** Restarts a unit below it by hand, parked ones too; its history is cleared. Resolves when it runs again. */
  restart?(name: string): Promise<void>;
  /** Restarts a running unit below it as planned: nothing is charged, nothing cleared. False where it does not run. */
  recycle?(name: string, why: PlannedRestart): boolean;
  /** See Resizable; of a pool and a keyed group. */
  resize?(to: number | "auto"): Promise<void>;
  /** Which actor of a keyed group it is. */
  readonly key?: string | undefined;
  /** It stands, and nothing of it runs: a key whose cell has gone. */
  readonly absent?: boolean;
  /** The actor of a key, in a keyed group. */
  keyed?(key: string): Unit | undefined;
  /** What users reach it by, where that is no ref to one actor. */
  ref?(): unknown;
  /** A unit below it. */
  child(name: string): Unit | undefined;
  tree(standing: Standing): TreeNode;
  /** Where its mail is counted; undefined: it has none. */
  readonly tally?: Tally;
  /** Where its restarts are, and what was sent to those below it that are gone, where that is not the same. */
  readonly own?: Tally;
  /** Adds what it has counted to a list, and what its parts have. @param partOf path of what its mail counts with */
  stats(list: UnitStats[], partOf?: string): void;
}

/** Where a unit stands in the tree. */
export interface Place {
  readonly name: string;
  readonly path: string;
  /** What the spec's `rules` gave. */
  readonly rules: ChildRules;
  /** Of the supervisor above. */
  readonly preset: Preset;
  /** Where its mail counts, where that is another's: of a child that an actor has spawned. */
  readonly tally?: Tally | undefined;
}

/** A spec with the code that runs it. */
export interface LoadedSpec {
  /** How it is supervised. @throws HoldfastError InvalidSpec naming the field below `field` */
  rules(field: string, preset: Preset): ChildRules;
  create(context: SystemContext, place: Place): Unit;
}

/**
 * A child spec as `thread()`, `pool()`, `supervisor()` … return it; `Ref` is the type of its ref. Making one is light: what
 * checks and runs it is loaded when a system starts, so that an actor's module, which imports the package in every
 * host, does not pay for it at each cold start.
 */
export interface ChildSpec<Ref = unknown> {
  /** For people and errors. */
  readonly kind: TreeNode["kind"] | "dynamic";
  load(): Promise<LoadedSpec>;
  /** What each member of a pool, a keyed group or a dynamic supervisor is made from. */
  readonly member?: ChildSpec | undefined;
  /** Never there at run time: carries the type of the ref. */
  readonly ref?: Ref;
}
