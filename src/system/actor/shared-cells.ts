import { HoldfastError, toError } from "../../errors.js";
import { HOST_ENTRIES } from "../../host/actor-number.js";
import type { CellSpec } from "../../host/booting.js";
import type { Cell } from "../cell/cell.js";
import type { CellMember } from "../cell/cell-member.js";
import { openCell } from "../cell/open-cell.js";
import type { SystemContext } from "../context.js";
import type { DeathCause } from "../death/report.js";
import type { Begun } from "../unit.js";
import type { ActorPlan } from "./actor-plan.js";
import type { Guest, Lodging } from "./lodging.js";

/** A guest for whom no cell has room yet. */
interface Waiting {
  readonly guest: Guest;
  /** Ends its limit. */
  forget(): void;
  resolve(begun: Promise<Begun>): void;
  reject(error: Error): void;
}

interface Boot {
  readonly abort: AbortController;
  level: "spare" | "cold" | undefined;
}

/**
 * The cells that inline actors of one class share. They run in the same thread whatever they do, so a cell for each
 * would contain nothing and cost twenty times the actor.
 *
 *   place ─▶ a cell with room? ──yes──▶ enter, in this turn
 *                │ no
 *                ▼
 *            wait ─▶ one boot for all who wait ─▶ as many enter as fit; for the rest, another boot
 *
 *   evict ─▶ the member alone is fenced, in this turn; the only one takes its cell along, as one with its own does
 *   left  ─▶ the last one out shuts the cell: unload()
 */
export class SharedCells implements Lodging {
  readonly spec: CellSpec;
  protected readonly context: SystemContext;
  #latest: ActorPlan | undefined;
  readonly #roomy = new Set<Cell>();
  readonly #waiting = new Set<Waiting>();
  /** There while a cell boots. */
  #boot: Boot | undefined;

  constructor(context: SystemContext, spec: CellSpec) {
    this.context = context;
    this.spec = spec;
  }

  /** The one that the last actor had where it says the same: each would hold one of its own else. */
  plan(plan: ActorPlan): ActorPlan {
    const latest = this.#latest;
    const same = latest && (Object.keys(plan) as (keyof ActorPlan)[]).every((key) => plan[key] === latest[key]);
    if (same) return latest;
    this.#latest = plan;
    return plan;
  }

  place(guest: Guest): Promise<Begun> {
    const cell = this.#waiting.size === 0 ? this.#withRoom() : undefined;
    if (!cell) return this.#wait(guest);
    guest.onHost("in-place");
    return this.#enter(guest, cell, this.#limit(guest.withinMs, guest.late));
  }

  /** Its members are each ended alone. */
  protected get apart(): boolean {
    return true;
  }

  /** A cell is up, and nobody is in it yet. @throws HoldfastError why nobody may be */
  protected opened(_cell: Cell): void {}

  evict(cell: Cell, member: CellMember, cause: DeathCause): void {
    if (cell.size === 1) cell.kill(cause);
    else member.lost(cell, { cause, at: this.context.clock.now() });
    this.#keep(cell);
  }

  async left(cell: Cell, withinMs: number): Promise<void> {
    this.#keep(cell);
    if (cell.size === 0) await cell.shut(withinMs);
  }

  drop(cell: Cell): void {
    this.#keep(cell);
    if (cell.size === 0) cell.kill({ kind: "killed", by: "its supervisor" });
  }

  #wait(guest: Guest): Promise<Begun> {
    return new Promise((resolve, reject) => {
      const { path, withinMs, attempt } = guest;
      const leave = (why: string) => {
        if (!this.#waiting.delete(waiting)) return;
        forget();
        if (this.#waiting.size === 0) this.#boot?.abort.abort();
        reject(new HoldfastError("StartFailed", `${path}: ${why}`));
      };
      const forget = this.#limit(withinMs, () => {
        if (this.#waiting.has(waiting)) leave(`load() was not done within ${withinMs} ms (startTimeout)`);
        else guest.late();
      });
      const waiting: Waiting = { guest, forget, resolve, reject };
      this.#waiting.add(waiting);
      attempt.onGiveUp = () => leave("its start was given up");
      if (!this.#boot) void this.#open();
      else if (this.#boot.level) guest.onHost(this.#boot.level);
    });
  }

  async #open(): Promise<void> {
    const boot: Boot = { abort: new AbortController(), level: undefined };
    this.#boot = boot;
    const { signal } = boot.abort;
    const onHost = (level: "spare" | "cold") => {
      boot.level = level;
      // The others have boots of their own to come.
      let room = HOST_ENTRIES;
      for (const { guest } of this.#waiting)
        if (room-- > 0) guest.onHost(level);
        else break;
    };
    // Each guest has a limit of its own; when the last has gone the boot is given up.
    const withinMs = Number.POSITIVE_INFINITY;
    try {
      const cell = await openCell(this.context, this.spec, { withinMs, signal, onHost, shared: this.apart });
      this.#boot = undefined;
      if (signal.aborted) cell.kill({ kind: "killed", by: "its supervisor" });
      this.opened(cell);
      this.#keep(cell);
      this.#seat(cell);
    } catch (error) {
      this.#boot = undefined;
      // Who came after it was given up has nothing to do with it, and gets a boot of its own.
      const all = signal.aborted ? [] : [...this.#waiting];
      for (const waiting of all) {
        const { guest, forget, reject } = waiting;
        this.#waiting.delete(waiting);
        forget();
        reject(notStarted(guest.path, toError(error)));
      }
    }
    if (this.#waiting.size > 0 && !this.#boot) void this.#open();
  }

  #seat(cell: Cell): void {
    for (const waiting of this.#waiting) {
      if (!cell.alive || !cell.room) break;
      this.#waiting.delete(waiting);
      waiting.resolve(this.#enter(waiting.guest, cell, waiting.forget));
    }
    if (cell.alive && cell.size === 0) cell.kill({ kind: "killed", by: "its supervisor" });
  }

  /** From here on its limit is that of start(). */
  #enter(guest: Guest, cell: Cell, forget: () => void): Promise<Begun> {
    const begun = guest.enter(cell, Number.POSITIVE_INFINITY);
    begun.then(forget, forget);
    return begun;
  }

  /** Many starts of one limit have one timer. */
  #limit(ms: number, late: () => void): () => void {
    return ms === Number.POSITIVE_INFINITY ? () => {} : this.context.deadlines.add(ms, late);
  }

  #withRoom(): Cell | undefined {
    for (const cell of this.#roomy) {
      if (cell.alive && cell.room) return cell;
      this.#roomy.delete(cell);
    }
    return undefined;
  }

  #keep(cell: Cell): void {
    if (cell.alive && cell.room) this.#roomy.add(cell);
    else this.#roomy.delete(cell);
  }
}

/** The boot was everybody's; the error names whom it concerns. */
function notStarted(path: string, error: Error): HoldfastError {
  const why = error.cause instanceof Error ? error.cause : error;
  return new HoldfastError("StartFailed", `${path} could not start: ${why.message}`, {
    cause: why,
    retryable: error instanceof HoldfastError ? error.retryable : true,
  });
}
