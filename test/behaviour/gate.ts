import { Actor } from "holdfast";
import { until } from "./until.js";

/**
 * Where the actors of a test wait and are heard. It runs inline, in the test's own process, so the test holds it
 * directly while actors reach it by ref from wherever they run.
 */
export class Gate extends Actor<Board> {
  static override concurrency = 256;

  /** Resolves when the test opens this name. */
  pass(name: string): Promise<void> {
    return boardOf(this.props).arrive(name);
  }

  jot(text: string): void {
    boardOf(this.props).notes.push(text);
  }

  /** True as often as the test has `put` this name. */
  take(name: string): boolean {
    return boardOf(this.props).take(name);
  }
}

export interface Board {
  id: number;
}

const boards = new Map<number, Plan>();

function boardOf({ id }: Board): Plan {
  return boards.get(id)!;
}

/** The test's side of a gate. */
export class Plan {
  readonly board: Board = { id: boards.size + 1 };
  /** Everything that was noted, in order of arrival. */
  readonly notes: string[] = [];
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #arrivals = new Map<string, number>();
  readonly #open = new Set<string>();
  readonly #stock = new Map<string, number>();

  constructor() {
    boards.set(this.board.id, this);
  }

  arrive(name: string): Promise<void> {
    this.#arrivals.set(name, this.arrivals(name) + 1);
    if (this.#open.has(name)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), resolve]);
    });
  }

  /** Lets everybody through who waits for this name, now and from now on. */
  open(name: string): void {
    this.#open.add(name);
    for (const go of this.#waiting.get(name) ?? []) go();
    this.#waiting.delete(name);
  }

  /** From now on they wait again. */
  close(name: string): void {
    this.#open.delete(name);
  }

  openAll(): void {
    for (const name of [...this.#waiting.keys()]) this.open(name);
  }

  /** How many have come for this name. */
  arrivals(name: string): number {
    return this.#arrivals.get(name) ?? 0;
  }

  /** Resolves when the nth actor executes a message that waits for this name. */
  reached(name: string, times = 1): Promise<void> {
    return until(() => this.arrivals(name) >= times, `${times} at gate "${name}"`);
  }

  noted(text: string): Promise<void> {
    return until(() => this.notes.includes(text), `the note "${text}"; there are: ${this.notes.join(", ")}`);
  }

  put(name: string, times: number): void {
    this.#stock.set(name, times);
  }

  take(name: string): boolean {
    const left = this.#stock.get(name) ?? 0;
    this.#stock.set(name, Math.max(0, left - 1));
    return left > 0;
  }
}
