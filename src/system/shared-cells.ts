import { HoldfastError, toError } from "../errors.js";
import type { CellSpec } from "../host/booting.js";
import type { ActorNumbers, ActorPlan } from "./actor-plan.js";
import { Cell } from "./cell.js";
import type { CellMember } from "./cell-member.js";
import type { SystemContext } from "./context.js";
import type { Guest, Lodging } from "./lodging.js";
import type { DeathCause } from "./report.js";
import type { Begun } from "./unit.js";

/** A guest for whom no cell has room yet. */
interface Waiting {
  readonly guest: Guest;
  /** Monotonic ms. */
  readonly since: number;
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
  readonly #context: SystemContext;
  readonly #plans = new Map<string, ActorPlan>();
  readonly #roomy = new Set<Cell>();
  readonly #waiting = new Set<Waiting>();
  /** There while a cell boots. */
  #boot: Boot | undefined;

  constructor(context: SystemContext, spec: CellSpec) {
    this.#context = context;
    this.spec = spec;
  }

  /** Shared by all actors with the same numbers: each would hold one of its own else. */
  plan(numbers: ActorNumbers): ActorPlan {
    const name = `${numbers.window} ${numbers.snapshotEvery} ${numbers.graceMs} ${numbers.maxChildren}`;
    const known = this.#plans.get(name);
    if (known) return known;
    const plan = { ...numbers, lodging: this, sharedMailbox: false };
    this.#plans.set(name, plan);
    return plan;
  }

  place(guest: Guest): Promise<Begun> {
    const cell = this.#waiting.size === 0 ? this.#withRoom() : undefined;
    if (!cell) return this.#wait(guest);
    guest.onHost("in-place");
    return guest.enter(cell, guest.withinMs);
  }

  evict(cell: Cell, member: CellMember, cause: DeathCause): void {
    if (cell.size === 1) cell.kill(cause);
    else member.lost(cell, { cause, at: this.#context.clock.now() });
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
        late.cancel();
        if (this.#waiting.size === 0) this.#boot?.abort.abort();
        reject(new HoldfastError("StartFailed", `${path}: ${why}`));
      };
      const late = this.#context.clock.after(withinMs, () =>
        leave(`load() was not done within ${withinMs} ms (startTimeout)`),
      );
      const waiting: Waiting = {
        guest,
        since: this.#context.clock.now(),
        resolve(begun) {
          late.cancel();
          resolve(begun);
        },
        reject(error) {
          late.cancel();
          reject(error);
        },
      };
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
      for (const { guest } of this.#waiting) guest.onHost(level);
    };
    // Each guest has a limit of its own; when the last has gone the boot is given up.
    const withinMs = Number.POSITIVE_INFINITY;
    try {
      const cell = await Cell.open(this.#context, this.spec, { withinMs, signal, onHost, shared: true });
      this.#boot = undefined;
      if (signal.aborted) cell.kill({ kind: "killed", by: "its supervisor" });
      this.#keep(cell);
      this.#seat(cell);
    } catch (error) {
      this.#boot = undefined;
      const all = [...this.#waiting];
      this.#waiting.clear();
      for (const { guest, reject } of all) reject(notStarted(guest.path, toError(error)));
    }
    if (this.#waiting.size > 0 && !this.#boot) void this.#open();
  }

  #seat(cell: Cell): void {
    for (const waiting of this.#waiting) {
      if (!cell.alive || !cell.room) break;
      this.#waiting.delete(waiting);
      const { guest, since } = waiting;
      waiting.resolve(guest.enter(cell, guest.withinMs - (this.#context.clock.now() - since)));
    }
    if (cell.alive && cell.size === 0) cell.kill({ kind: "killed", by: "its supervisor" });
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
  return new HoldfastError("StartFailed", `${path} could not start: ${why.message}`, { cause: why });
}
