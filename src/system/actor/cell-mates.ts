import { isDeepStrictEqual } from "node:util";
import { HoldfastError } from "../../errors.js";
import type { Cell, CellDeath } from "../cell/cell.js";
import type { CellMember } from "../cell/cell-member.js";
import { jointRemains } from "../death/joint-remains.js";
import type { DeathCause } from "../death/report.js";
import { reportDeath } from "../death/report-death.js";
import { ActorUnit } from "./actor-unit.js";
import { SharedCells } from "./shared-cells.js";

/**
 * The threads or processes that actors of one module share because they say so (`cell: "…"`). A handler that throws costs its
 * own actor alone, as everywhere; what ends the host ends all who are in it:
 *
 *   the host ends ─▶ each: what was executing is settled, the rest goes back ─▶ one report ─▶ each one's supervisor decides
 *
 * Whose message it was is known as in any death. Where it is, nobody's `intensity` pays; where it is not, everybody's does.
 */
export class CellMates extends SharedCells {
  readonly together = true;
  #given: { readonly props: unknown; readonly same: boolean } | undefined;
  #loads = false;

  /** An actor more is to live here. @throws HoldfastError InvalidSpec where load() was given other props */
  admit(props: unknown, path: string): void {
    const same = this.#given === undefined || (this.#given.same && isDeepStrictEqual(this.#given.props, props));
    if (!same && this.#loads) throw otherProps(path);
    this.#given = { props: this.#given ? this.#given.props : props, same };
  }

  override evict(cell: Cell, _member: CellMember, cause: DeathCause): void {
    cell.kill(cause);
  }

  protected override get apart(): boolean {
    return false;
  }

  protected override opened(cell: Cell): void {
    this.#loads = cell.facts.loads ?? false;
    if (this.#loads && !this.#given!.same) {
      cell.kill({ kind: "killed", by: "its supervisor" });
      throw otherProps(this.spec.path);
    }
    cell.several = true;
    cell.onDeath = (death) => this.#died(cell, death);
  }

  #died(cell: Cell, death: CellDeath): void {
    const units = [...cell.roll.values()].filter((member) => member instanceof ActorUnit && member.cell === cell);
    const lost = (units as ActorUnit[]).map((unit) => ({ unit, ...unit.lostPlace(death) }));
    const dead = lost.filter(({ died }) => died);
    if (dead.length === 0) return;
    const whole = jointRemains(
      cell,
      death.cause,
      death.at,
      lost.map(({ remains }) => remains),
    );
    const first =
      dead.find(({ remains }) => remains.guilty) ?? dead.find(({ remains }) => remains.executing.length > 0);
    const { unit } = first ?? dead[0]!;
    const { path, key, incarnation } = unit;
    const others = dead.filter((one) => one.unit !== unit).map((one) => one.unit.path);
    const who = { path, key, incarnation, ...(others.length > 0 ? { together: others } : {}) };
    const report = reportDeath(this.context, who, this.spec.isolation, cell.host.name, whole);
    for (const { unit: one, remains } of dead) one.diedWith(report, { ...remains, guilty: whole.guilty });
  }
}

function otherProps(path: string): HoldfastError {
  const fix = "give them the same props, or another name of the cell";
  return new HoldfastError(
    "InvalidSpec",
    `${path}: actors of one cell share what static load() makes of their props, and these differ: ${fix}`,
    { details: { field: `${path}.cell` } },
  );
}
