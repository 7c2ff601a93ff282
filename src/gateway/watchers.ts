import type { Clock, Timer } from "../clock.js";
import { ageText } from "../observe/age-text.js";
import type { ServerFrame } from "../protocol/frames.js";
import type { App } from "../system/app.js";
import type { SystemEvent } from "../system/events.js";
import { plain } from "./plain.js";

/** Mailbox depths change without an event: the tree is looked at this often while somebody watches. */
const LOOK_EVERY_MS = 500;
/** Death reports that a new watcher is given. */
const REPORTS = 50;

/** One connection that watches. */
export interface Watcher {
  push(frame: ServerFrame): void;
  /** Behind with reading: it is told later how many events it missed, and of trees only the newest matters. */
  readonly congested: boolean;
}

/** Pushes the live tree and every event to whoever watches; costs nothing while nobody does. */
export class Watchers {
  readonly #app: App<unknown>;
  readonly #clock: Clock;
  readonly #missed = new Map<Watcher, number>();
  /** Were congested when the tree changed last: they are owed the newest one, also when nothing changes any more. */
  readonly #behind = new Set<Watcher>();
  #last = "";
  #timer: Timer | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(app: App<unknown>, clock: Clock) {
    this.#app = app;
    this.#clock = clock;
  }

  add(watcher: Watcher): void {
    const reports = this.#app.reports().slice(-REPORTS).map(plain);
    watcher.push({ type: "tree", tree: plain(this.#app.tree()), reports });
    this.#missed.set(watcher, 0);
    this.#unsubscribe ??= this.#app.subscribe((event) => this.#event(event));
    this.#timer ??= this.#later();
  }

  remove(watcher: Watcher): void {
    this.#missed.delete(watcher);
    this.#behind.delete(watcher);
    if (this.#missed.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  #later(): Timer {
    return this.#clock.after(
      LOOK_EVERY_MS,
      () => {
        this.#timer = this.#later();
        this.#look();
      },
      { background: true },
    );
  }

  #event(event: SystemEvent): void {
    const data = plain(event);
    for (const [watcher, missed] of this.#missed) {
      if (watcher.congested) {
        this.#missed.set(watcher, missed + 1);
      } else {
        this.#missed.set(watcher, 0);
        watcher.push({ type: "event", event: data, ...(missed > 0 ? { missed } : {}) });
      }
    }
    // What an event says has changed the tree already; mailbox depths may wait for the timer.
    this.#look();
  }

  #look(): void {
    const tree = plain(this.#app.tree());
    // What only grows older has not changed until people are told so.
    const text = JSON.stringify(tree, (key, value) => (key === "sinceMs" ? ageText(value as number) : value));
    const changed = text !== this.#last;
    this.#last = text;
    for (const watcher of this.#missed.keys()) {
      if (!changed && !this.#behind.has(watcher)) continue;
      if (watcher.congested) {
        this.#behind.add(watcher);
      } else {
        this.#behind.delete(watcher);
        watcher.push({ type: "tree", tree });
      }
    }
  }
}
