import type { Clock, Timer } from "../../clock.js";
import { Blockage } from "./blockage.js";
import type { Cell } from "./cell.js";
import type { CellMember } from "./cell-member.js";

/** How often a cell with work in it is looked at for messages past their limit. Idle cells have no timer. */
const WATCH_EVERY_MS = 50;

/** Looks for what hangs in one cell: it ends with its cell, or alone where the cell is shared. */
export class CellWatch {
  readonly #clock: Clock;
  readonly #cell: Cell;
  readonly #members: ReadonlyMap<number, CellMember>;
  readonly #blockage = new Blockage();
  #timer: Timer | undefined;

  constructor(clock: Clock, cell: Cell, members: ReadonlyMap<number, CellMember>) {
    this.#clock = clock;
    this.#cell = cell;
    this.#members = members;
  }

  /** There is work in it. */
  begin(): void {
    this.#timer ??= this.#clock.after(
      WATCH_EVERY_MS,
      () => {
        this.#timer = undefined;
        this.#look();
      },
      { background: true },
    );
  }

  end(): void {
    this.#timer?.cancel();
  }

  /** A late look does no harm: what counts is when the message began and that the record still says it runs. */
  #look(): void {
    const now = this.#clock.now();
    const { shared, host, heard } = this.#cell;
    let busy = false;
    for (const member of [...this.#members.values()]) {
      const overdue = member.overdue(now);
      if (overdue && shared) member.hung({ kind: "hung", ...overdue });
      else if (overdue) {
        this.#cell.kill({ kind: "hung", ...overdue });
        return;
      }
      busy ||= member.busy;
    }
    if (!busy) return;
    const blocked = host.isolation === "inline" ? undefined : this.#blockage.look(now, heard, this.#members.values());
    if (blocked) this.#cell.kill({ kind: "hung", ...blocked });
    else this.begin();
  }
}
