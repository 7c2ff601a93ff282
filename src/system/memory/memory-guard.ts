import type { Clock, Timer } from "../../clock.js";
import type { Cell } from "../cell/cell.js";
import type { EventFan } from "../events.js";
import type { PlannedRestart } from "../stats.js";
import {
  type CellMemory,
  isPast,
  judgeCell,
  judgeProcess,
  type Overweight,
  type Pause,
  type ProcessMemory,
  pauseAfter,
  unknownMemory,
} from "./judge-memory.js";
import { recycle } from "./recycle.js";

/** How often cells with limits are looked at while they work: as often as they write, ms. */
const LOOK_EVERY_MS = 100;

/** And while no beat of any has come since the last look, ms. The process is looked at this often too. */
const LOOK_AT_REST_MS = 1000;

export interface GuardOptions {
  readonly clock: Clock;
  readonly events: EventFan;
  /** What the whole process may hold, bytes; undefined: no limit. */
  readonly rssBytes: number | undefined;
  /** What it holds now. */
  readonly rss: () => number;
  /** Restarts what is at a path, as planned; false where that may not be done now. */
  readonly restart: (path: string, why: PlannedRestart) => boolean;
}

/** Who was asked to start anew, and what it held then, bytes. */
export interface RecycleRequest {
  readonly path: string;
  readonly host: string;
  readonly bytes: number;
  /** For so long it has been on its way already, ms: nobody else was asked. 0: it was asked just now. */
  readonly forMs: number;
}

/**
 * Recycles cells before they come to the wall, or take the process there.
 *
 *   beat ─▶ look: over a soft limit? ─▶ held: no new mail ─▶ what executes ends ─▶ planned restart, mail goes on
 *
 * Without a limit there is no timer.
 */
export class MemoryGuard {
  readonly #options: GuardOptions;
  readonly #cells = new Map<Cell, CellMemory>();
  /** All that have memory of their own, with limits or without. */
  readonly #all = new Set<Cell>();
  readonly #pauses = new Map<string, Pause>();
  /** Cells that could not be restarted when the process was too heavy: others come first. */
  readonly #refused = new Set<Cell>();
  #process: ProcessMemory = { over: false, pause: undefined };
  /** Who was asked as the largest, until it is known what came of it. */
  #asked: { readonly request: RecycleRequest; readonly since: number } | undefined;
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  add(cell: Cell): void {
    const { isolation, memory } = cell.spec;
    const weighs = isolation === "thread" && this.#options.rssBytes !== undefined;
    if (isolation === "inline") return;
    this.#all.add(cell);
    if (!(memory || weighs)) return;
    this.#cells.set(cell, unknownMemory);
    if (!this.#timer) this.#later(LOOK_EVERY_MS);
  }

  delete(cell: Cell): void {
    this.#all.delete(cell);
    this.#cells.delete(cell);
    this.#refused.delete(cell);
  }

  /**
   * Asks the one that holds most to start anew, whatever its limits are: one at a time. What came of it is told as "recycled"
   * or "not-recycled".
   * @param threadsOnly processes are not in this one's memory
   * @returns who is on its way; undefined where there is none that could be asked
   */
  recycleLargest(why: string, threadsOnly: boolean): RecycleRequest | undefined {
    if (this.#asked) {
      const { request, since } = this.#asked;
      return { ...request, forMs: Math.max(1, this.#options.clock.now() - since) };
    }
    let largest: { cell: Cell; bytes: number } | undefined;
    for (const cell of this.#all) {
      // What several actors share has no one place to restart: each would move on alone, and the rest be held for ever.
      if (cell.held || cell.several || !cell.alive || (threadsOnly && cell.spec.isolation !== "thread")) continue;
      const { heap, external, resident } = cell.host.control.memory();
      const bytes = resident || heap + external;
      if (bytes > (largest?.bytes ?? 0)) largest = { cell, bytes };
    }
    if (!largest) return undefined;
    const { cell, bytes } = largest;
    const request = { path: cell.place, host: cell.host.name, bytes, forMs: 0 };
    this.#asked = { request, since: this.#options.clock.now() };
    void this.#carryOut(cell, request, why);
    return request;
  }

  /** Ends within the time that `recycle` waits: whoever does not let go of its work holds up the next one no longer. */
  async #carryOut(cell: Cell, { path, host, bytes }: RecycleRequest, why: string): Promise<void> {
    const { clock, events, restart } = this.#options;
    const since = clock.now();
    const end = await recycle(clock, cell, () => restart(path, "rule"));
    this.#asked = undefined;
    const told = { path, host, bytes, why, tookMs: clock.now() - since };
    if (end === "restarted") events.emit({ type: "recycled", what: "rule", ...told });
    else events.emit({ type: "not-recycled", because: end, ...told });
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  #later(ms: number): void {
    this.#timer = this.#options.clock.after(ms, () => this.#look(), { background: true });
  }

  #look(): void {
    this.#timer = undefined;
    const now = this.#options.clock.now();
    let beats = false;
    for (const [place, pause] of this.#pauses) if (isPast(pause, now)) this.#pauses.delete(place);
    for (const [cell, known] of this.#cells) {
      if (cell.held || cell.several || !cell.spec.memory) continue;
      const { control } = cell.host;
      const judged = judgeCell(known, { beat: control.beat(), ...control.memory() }, cell.spec.memory);
      beats ||= judged.known !== known;
      this.#cells.set(cell, judged.known);
      const pause = this.#pauses.get(cell.place);
      if (!judged.over || (pause && now < pause.until)) continue;
      this.#pauses.set(cell.place, pauseAfter(pause, now));
      this.#recycle(cell, judged.over);
    }
    this.#lookAtProcess(now);
    if (this.#cells.size > 0 && !this.#closed) this.#later(beats ? LOOK_EVERY_MS : LOOK_AT_REST_MS);
  }

  #lookAtProcess(now: number): void {
    const { rssBytes, rss } = this.#options;
    if (rssBytes === undefined) return;
    const bytes = rss();
    // A process of its own is not in this one's memory; one that is on its way already will give its part back.
    const all = [...this.#cells.keys()].filter(
      ({ spec, held, several }) => spec.isolation === "thread" && !held && !several,
    );
    const willing = all.filter((cell) => !this.#refused.has(cell));
    if (willing.length === 0) this.#refused.clear();
    const free = willing.length === 0 ? all : willing;
    const weights = free.map(({ host }) => host.control.memory().heap + host.control.memory().external);
    const { known, pick } = judgeProcess(this.#process, now, bytes, rssBytes, weights);
    this.#process = known;
    if (pick !== undefined) this.#recycle(free[pick]!, { what: "rss", bytes, limitBytes: rssBytes });
  }

  #recycle(cell: Cell, over: Overweight): void {
    const { clock, events, restart } = this.#options;
    void recycle(clock, cell, () => {
      const { place: path, host } = cell;
      if (!restart(path, over.what)) {
        this.#refused.add(cell);
        return false;
      }
      events.emit({ type: "recycled", path, host: host.name, ...over });
      return true;
    });
  }
}
