import type { Clock, Timer } from "../clock.js";
import { EventLog, type EventQuery, type KeptEvents } from "../observe/history/event-log.js";
import { History, historyDefaults, type UnitHistory } from "../observe/history/history.js";
import type { App } from "../system/app.js";

/**
 * Keeps the last minutes of every unit and the last hour of events, for whoever comes when it has happened already: a look at the
 * counters every two seconds. Latencies are timed for as long.
 */
export class HistoryKeeper {
  readonly #app: App<unknown>;
  readonly #clock: Clock;
  readonly #history = new History();
  readonly #events = new EventLog();
  #root = "";
  #timer: Timer | undefined;
  #release: (() => void) | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(app: App<unknown>, clock: Clock) {
    this.#app = app;
    this.#clock = clock;
  }

  begin(): void {
    this.#root = this.#app.tree().path;
    this.#release = this.#app.measure();
    this.#unsubscribe = this.#app.subscribe((event) => this.#events.add(event, this.#clock.wallTime()));
    this.#look();
  }

  /** @param path as in the tree; the root's name may be left out */
  history(path: string, since: number | undefined): UnitHistory | undefined {
    return this.#history.of(path, since) ?? this.#history.of(`${this.#root}/${path}`, since);
  }

  events(query: EventQuery): KeptEvents {
    const { path } = query;
    const below = path === undefined || path === this.#root || path.startsWith(`${this.#root}/`);
    return this.#events.read(below ? query : { ...query, path: `${this.#root}/${path}` }, this.#clock.wallTime());
  }

  close(): void {
    this.#timer?.cancel();
    this.#unsubscribe?.();
    this.#release?.();
  }

  #look(): void {
    // The next one is fixed first: a look that throws is not the last.
    this.#timer = this.#clock.after(historyDefaults.stepMs, () => this.#look(), { background: true });
    this.#history.add(this.#app.stats(), this.#clock.wallTime());
  }
}
