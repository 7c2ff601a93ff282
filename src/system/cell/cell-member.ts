import type { Asker } from "../../mailbox/asker.js";
import type { ToParent } from "../../transport/frames.js";
import type { SpawnRequest } from "../actor/spawned.js";
import type { DeathCause } from "../death/report.js";
import type { Cell, CellDeath } from "./cell.js";
import type { Work } from "./work.js";

/** One actor of a cell, as the cell sees it. */
export interface CellMember extends Asker {
  /** Its number in its cell, which gives it when it joins. */
  id: number;
  readonly path: string;
  readonly key: string | undefined;
  /** How long what a rebuilt incarnation left running may take to settle. */
  readonly graceMs: number;
  /** A child for one of its incarnations. @throws HoldfastError why there is none */
  spawn(request: SpawnRequest): Promise<unknown>;
  onFrame(frame: ToParent): void;
  /** As `onFrame` of a `done` with a plain result. */
  answered(incarnation: number, seq: number, result: unknown): void;
  /** That incarnation is there and may be heard. */
  serves(incarnation: number): boolean;
  /** What it has with its host now. */
  work(now: number): Work;
  /** Hands over more of its mail, if it can. */
  pump(): void;
  /** The next of its mail is to be tried alone, and it could take it. */
  readonly holdsSuspect: boolean;
  /** Messages that are with the host. */
  readonly executing: number;
  /** Its start() or stop() runs, which have limits of their own. */
  readonly changing: boolean;
  readonly busy: boolean;
  /** Its cell is gone, or it was ended in it by force. */
  lost(cell: Cell, death: CellDeath): void;
  /** A message of it is past its limit, in a cell where it is ended alone. */
  hung(cause: DeathCause): void;
}
