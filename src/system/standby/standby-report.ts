import { entryOf } from "../../host/actor-number.js";
import type { CellDeath } from "../cell/cell.js";
import type { SystemContext } from "../context.js";
import type { OpenReport } from "../death/death-log.js";
import { reportDeath } from "../death/report-death.js";
import type { Follower } from "./follower.js";

/** The report of a replica's death, until the next one could take over. */
export class StandbyReport {
  readonly #context: SystemContext;
  #open: OpenReport | undefined;

  constructor(context: SystemContext) {
    this.#context = context;
  }

  died({ path, key, cell, id }: Follower, { cause, at }: CellDeath): void {
    this.close();
    const { host } = cell;
    const nothing = { executing: [], answersLost: [], redelivered: 0, failed: 0, poisoned: 0 };
    const remains = { cause, at, guilty: false, ...nothing, wreck: { cell, entry: entryOf(id) } };
    const who = { path, key, incarnation: 0, standby: true } as const;
    this.#open = reportDeath(this.#context, who, host.isolation, host.name, remains);
    this.#open.decided("restart");
  }

  /** A host runs for the next one. */
  readonly onHost = (level: "spare" | "cold"): void => {
    this.#open?.restarted(level);
  };

  up(): void {
    this.#open?.warmed(false);
    this.#open = undefined;
  }

  /** There is no next one, or not for this reason. */
  close(): void {
    this.#open?.close();
    this.#open = undefined;
  }
}
