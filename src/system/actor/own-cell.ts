import { HoldfastError } from "../../errors.js";
import type { CellSpec } from "../../host/booting.js";
import type { Host } from "../../host/host.js";
import { Cell } from "../cell/cell.js";
import type { CellMember } from "../cell/cell-member.js";
import { openCell, readyCell } from "../cell/open-cell.js";
import type { SystemContext } from "../context.js";
import type { DeathCause } from "../death/report.js";
import type { Begun } from "../unit.js";
import type { Attempt } from "./attempt.js";
import { Exclusive } from "./exclusive.js";
import type { Guest, Lodging } from "./lodging.js";
import { stoppedBefore } from "./start-failure.js";

/** A cell for one actor alone: its death is the cell's. */
export class OwnCell implements Lodging {
  readonly spec: CellSpec;
  readonly #context: SystemContext;
  readonly #path: string;
  readonly #exclusive: Exclusive | undefined;
  readonly #shared: boolean;

  /**
   * @param path   of the actor
   * @param shared its spec is that of others too, with spares that fit any of them
   */
  constructor(context: SystemContext, spec: CellSpec, path: string, shared = false) {
    this.#context = context;
    this.#path = path;
    this.spec = spec;
    this.#shared = shared;
    this.#exclusive = spec.exclusive ? new Exclusive(context, path) : undefined;
  }

  /** What is made of its hosts. */
  protected get make(): typeof Cell {
    return Cell;
  }

  get waits(): string | undefined {
    return this.#exclusive?.waits;
  }

  place(guest: Guest): Promise<Begun> {
    const ready = this.#exclusive ? undefined : readyCell(this.#context, this.spec, this.make);
    if (!ready) return this.#boot(guest);
    guest.onHost("spare");
    return guest.enter(ready, guest.withinMs);
  }

  async #boot({ path, withinMs, attempt, onHost, enter }: Guest): Promise<Begun> {
    const { signal } = attempt;
    await this.#exclusive?.alone(signal);
    if (signal.aborted) throw stoppedBefore(path);
    const began = this.#context.clock.now();
    const onOpened = (host: Host) => this.#exclusive?.add(host);
    const cell = await openCell(this.#context, this.spec, { withinMs, signal, onHost, onOpened, make: this.make });
    // Between its opening and this turn it may have died, or this start been given up, with nobody to tell.
    if (signal.aborted) cell.kill({ kind: "killed", by: "its supervisor" });
    if (!cell.alive) throw new HoldfastError("StartFailed", `${path}: its host ended while it was starting`);
    return enter(cell, withinMs - (this.#context.clock.now() - began));
  }

  /** An exclusive actor is not rebuilt beside what it left running. */
  calm(cell: Cell, member: CellMember, attempt: Attempt): Promise<void> | undefined {
    return this.#exclusive && this.#calm(this.#exclusive, cell, member, attempt);
  }

  evict(cell: Cell, _member: CellMember, cause: DeathCause): void {
    cell.kill(cause);
  }

  left(cell: Cell, withinMs: number): Promise<void> {
    return cell.shut(withinMs);
  }

  release(): void {
    if (!this.#shared) this.#context.hosts.release(this.spec);
  }

  drop(cell: Cell): void {
    cell.kill({ kind: "killed", by: "its supervisor" });
  }

  async #calm(exclusive: Exclusive, cell: Cell, member: CellMember, { signal }: Attempt): Promise<void> {
    const left = cell.lingering.of(member.id);
    await exclusive.calm(left, signal);
    if (signal.aborted) throw stoppedBefore(this.#path);
    if (cell.alive) return;
    const what = left?.methods.join(", ");
    throw new HoldfastError("StartFailed", `${this.#path}: ${what} did not settle; its host is gone`);
  }
}
