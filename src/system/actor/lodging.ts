import type { CellSpec } from "../../host/booting.js";
import type { Cell } from "../cell/cell.js";
import type { CellMember } from "../cell/cell-member.js";
import type { DeathCause } from "../death/report.js";
import type { Begun } from "../unit.js";
import type { Attempt } from "./attempt.js";

/** Who asks for a place in a cell, and how it moves in. */
export interface Guest {
  readonly path: string;
  /** How long host and load() may take together. */
  readonly withinMs: number;
  readonly attempt: Attempt;
  /** A host runs for it, before load() is done. "in-place": the cell was there; "standby": so was its replica. */
  onHost(level: "in-place" | "standby" | "spare" | "cold"): void;
  /**
   * Called in the turn in which the place is free.
   * @param leftMs what is left of `withinMs`; `Infinity` where the lodging itself watches it, and then calls `late`
   */
  enter(cell: Cell, leftMs: number): Promise<Begun>;
  /** It has entered, and its limit is over. */
  late(): void;
}

/** Where an actor's cell comes from and what becomes of it: one of its own, or one shared with others of its class. */
export interface Lodging {
  readonly spec: CellSpec;
  /** Where its replica is, if it has one to take its place. */
  readonly standby?: "ready" | "starting" | undefined;
  /** Several may be in one cell, and what ends it by force ends all of them. */
  readonly together?: boolean;
  /** Finds or boots a cell and lets the guest enter. @throws HoldfastError StartFailed with why there is none */
  place(guest: Guest): Promise<Begun>;
  /** Resolves when an actor may be rebuilt in its place; nothing where it may be at once. */
  calm?(cell: Cell, member: CellMember, attempt: Attempt): Promise<void> | undefined;
  /** Why the start under way does not go on, for people. */
  readonly waits?: string | undefined;
  /** Ends one member by force; it hears of it as of a death of its cell. */
  evict(cell: Cell, member: CellMember, cause: DeathCause): void;
  /** A member has left in peace: a cell that nobody is in any more is shut within this time. */
  left(cell: Cell, withinMs: number): Promise<void>;
  /** Its actor is not started again: what stands by for it alone goes. */
  release?(): void;
  /** The same with no grace: nobody waits for it. */
  drop(cell: Cell): void;
}
