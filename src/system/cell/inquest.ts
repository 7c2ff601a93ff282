import type { ActorTable } from "../../host/actor-table.js";
import { culpritOf } from "../death/blame.js";
import type { DeathLog } from "../death/death-log.js";
import type { DeathCause } from "../death/report.js";
import type { CellMember } from "./cell-member.js";
import { type Suspects, suspectsAmong } from "./suspects.js";
import { Trials } from "./trials.js";

/** What a cell keeps for the question whose doing its death is: before it, who must be tried alone; after it, who was there. */
export class Inquest {
  /** There while a suspect of an earlier death waits for its trial or is on trial. */
  trials: Trials | undefined;
  /** Who may be the cause of the cell's own death; there once it has ended. */
  suspects: Suspects | undefined;
  readonly #members: ActorTable<CellMember>;
  readonly #shared: boolean;
  readonly #deaths: DeathLog;
  #report: number | undefined;

  /** @param shared its members die each alone */
  constructor(deaths: DeathLog, members: ActorTable<CellMember>, shared: boolean) {
    this.#deaths = deaths;
    this.#members = members;
    this.#shared = shared;
  }

  /** A suspect is next in a member's mail. */
  try(cell: object): Trials {
    this.trials ??= new Trials(cell, this.#members, this.#shared, () => {
      this.trials = undefined;
    });
    return this.trials;
  }

  /** The cell has ended, and its members are not told yet. */
  open(cause: DeathCause | undefined): void {
    this.suspects = suspectsAmong([...this.#members.values()], cause && culpritOf(cause));
  }

  /** The number of the one report that a death will have: of the whole cell, or of a member alone while the cell lives. */
  report(): number {
    if (!this.suspects) return this.#deaths.reserve();
    this.#report ??= this.#deaths.reserve();
    return this.#report;
  }
}
