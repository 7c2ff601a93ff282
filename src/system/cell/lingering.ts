import type { Clock, Timer } from "../../clock.js";
import type { CellMember } from "./cell-member.js";

/** Handlers of an incarnation that is over, which still run. */
export interface Lingerers {
  readonly member: CellMember;
  readonly incarnation: number;
  /** Names of the methods; "start" for a start() that goes on. */
  readonly methods: readonly string[];
  /** Resolves when they have settled, or their host has ended. */
  readonly settled: Promise<void>;
}

interface Watched extends Lingerers {
  readonly timer: Timer | undefined;
  readonly settle: () => void;
}

/**
 * Counts the grace of what an incarnation that is over left behind in its cell. It can do nothing to the next one, but it
 * holds memory and time, and nobody watches its limits any more: it may block a whole host that looks idle.
 *
 *   crashed (left: hold) ─▶ the next incarnation starts
 *   fenced, in mid-work
 *        │ grace
 *        ├─ settled ─▶ forgotten
 *        └─ not settled ─▶ `late`: the cell goes
 */
export class Lingering {
  readonly #clock: Clock;
  readonly #late: (lingerers: Lingerers) => void;
  readonly #watched = new Map<string, Watched>();

  constructor(clock: Clock, late: (lingerers: Lingerers) => void) {
    this.#clock = clock;
    this.#late = late;
  }

  begin(member: CellMember, incarnation: number, methods: readonly string[]): void {
    let settle = () => {};
    const settled = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const { graceMs } = member;
    const over = () => this.#late(watched);
    const timer =
      graceMs < Number.POSITIVE_INFINITY ? this.#clock.after(graceMs, over, { background: true }) : undefined;
    const watched = { member, incarnation, methods, settled, settle, timer };
    this.#watched.set(`${member.id} ${incarnation}`, watched);
  }

  settled(actor: number, incarnation: number): void {
    this.#forget(`${actor} ${incarnation}`);
  }

  /** What is left of an actor's earlier incarnations. */
  of(actor: number): Lingerers | undefined {
    for (const watched of this.#watched.values()) if (watched.member.id === actor) return watched;
    return undefined;
  }

  /** The host has ended, and they with it. */
  end(): void {
    for (const name of [...this.#watched.keys()]) this.#forget(name);
  }

  #forget(name: string): void {
    const watched = this.#watched.get(name);
    this.#watched.delete(name);
    watched?.timer?.cancel();
    watched?.settle();
  }
}
