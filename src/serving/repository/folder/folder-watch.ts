import type { Clock, Timer } from "../../../clock.js";
import { messageOf } from "../../../errors.js";
import { digestOfVersion } from "./digest.js";
import { lookInto } from "./folder-look.js";
import {
  type FolderAction,
  type FolderState,
  type FolderTurn,
  looked,
  type Taken,
  unsettled,
  wasRead,
} from "./folder-rule.js";

export interface FolderWatchParts {
  readonly folder: string;
  readonly clock: Clock;
  /** Between two looks of one that moved. */
  readonly settleMs: number;
  /** Between looks; undefined: only when asked to. */
  readonly pollMs: number | undefined;
  /** What the folder brought, but for what is to be read. */
  act(action: Exclude<FolderAction, { type: "read" }>): void;
  /** All that a look from time to time brought is read. */
  rested(): void;
  /** The folder itself cannot be read; undefined: it can again. */
  trouble(reason: string | undefined): void;
}

/** A file that is written for ever does not hold up whoever waits for the folder. */
const MOST_LOOKS = 25;

/** Looks into a folder from time to time, and tells what stood still there. */
export class FolderWatch {
  readonly #parts: FolderWatchParts;
  readonly #reads = new Set<Promise<void>>();
  #state: FolderState = new Map();
  #looking: Promise<void> | undefined;
  #timer: Timer | undefined;
  #trouble: string | undefined;
  #closed = false;

  constructor(parts: FolderWatchParts) {
    this.#parts = parts;
  }

  /** Looks until what lies there has stood still and is read, or goes on to move. Never rejects. */
  async settled(): Promise<void> {
    this.#timer?.cancel();
    // Whoever asks has just put something there, perhaps after the look that is under way.
    await this.#looking;
    for (let looks = 0; looks < MOST_LOOKS && !this.#closed; looks++) {
      await this.#look();
      await Promise.all(this.#reads);
      if (!unsettled(this.#state)) break;
      await new Promise<void>((resolve) => this.#parts.clock.after(this.#parts.settleMs, resolve));
    }
    this.#again();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  #look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    try {
      const look = await lookInto(this.#parts.folder);
      if (this.#closed) return;
      this.#take(looked(this.#state, look));
      this.#tell(undefined);
    } catch (error) {
      // A share that is not mounted now says nothing about what lies there.
      this.#tell(messageOf(error));
    }
  }

  #tell(trouble: string | undefined): void {
    if (trouble === this.#trouble || this.#closed) return;
    this.#trouble = trouble;
    this.#parts.trouble(trouble);
  }

  #take({ state, actions }: FolderTurn): void {
    this.#state = state;
    for (const action of actions) {
      if (action.type !== "read") this.#parts.act(action);
      else {
        const reading: Promise<void> = this.#read(action).finally(() => this.#reads.delete(reading));
        this.#reads.add(reading);
      }
    }
  }

  async #read({ key, print, seen }: Extract<FolderAction, { type: "read" }>): Promise<void> {
    let outcome: Taken | string | undefined;
    try {
      const digest = await digestOfVersion(seen);
      outcome = digest === undefined ? undefined : { digest };
    } catch (error) {
      outcome = `it cannot be read: ${messageOf(error)}`;
    }
    if (!this.#closed) this.#take(wasRead(this.#state, key, print, outcome));
  }

  #again(): void {
    const { pollMs, settleMs, clock } = this.#parts;
    this.#timer?.cancel();
    if (pollMs === undefined || this.#closed) return;
    const wait = unsettled(this.#state) ? Math.min(settleMs, pollMs) : pollMs;
    this.#timer = clock.after(wait, () => void this.#now(), { background: true });
  }

  async #now(): Promise<void> {
    await this.#look();
    await Promise.all(this.#reads);
    this.#parts.rested();
    this.#again();
  }
}
