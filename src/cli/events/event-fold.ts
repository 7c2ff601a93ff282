import type { SystemEvent } from "../../system/events.js";
import { placeOf } from "./event-filter.js";

/** An event as it is shown. */
export interface EventLine {
  /** Ms since 1970. */
  readonly at: number;
  readonly type: SystemEvent["type"] | undefined;
  readonly text: string;
}

/** So many different lines of one place may take turns: a crash loop dies, waits and runs. */
const TURNS = 6;

/**
 * Lines that say again what the lines right above them said of the same place are held, and told as a number: a crash loop would
 * push everything else off the screen. Pure.
 *
 *     03:12:04.123  death: app/speech on thread 4: uncaught Error: …
 *     03:12:04.190  app/speech: running
 *     03:12:09.877  … 12 more like these 2
 */
export class EventFold {
  #place: string | undefined;
  readonly #told = new Set<string>();
  /** The first of those held, as many as one turn has, and the last. */
  #held: EventLine[] = [];
  #count = 0;
  /** One turn has been told again in its own words: whoever watches a slow loop needs no third time. */
  #known = false;

  /** Something is held, for `flush`. */
  get holds(): boolean {
    return this.#count > 0;
  }

  /** @returns what is to be shown now */
  next(line: EventLine, event: SystemEvent): EventLine[] {
    const place = placeOf(event);
    const key = likeness(line.text, event);
    if (place === this.#place && this.#told.has(key)) {
      if (this.#count >= this.#told.size) this.#held.pop();
      this.#held.push(line);
      this.#count++;
      return [];
    }
    const shown = [...this.flush(), line];
    if (place !== this.#place || this.#told.size === TURNS) this.#told.clear();
    this.#place = place;
    this.#told.add(key);
    this.#known = false;
    return shown;
  }

  /** What is held, as a number; one turn alone is told in its own words. */
  flush(): EventLine[] {
    const [held, count, turn] = [this.#held, this.#count, this.#told.size];
    this.#held = [];
    this.#count = 0;
    const last = held.at(-1);
    if (!last) return [];
    const known = this.#known;
    this.#known = true;
    if (count <= turn && !known) return held;
    const like = turn === 1 ? "that" : `these ${turn}`;
    return [{ at: last.at, type: undefined, text: `… ${count} more like ${like}` }];
  }
}

/** What is the same in two lines that say the same: not the thread, the message's number or how long it took. */
function likeness(text: string, { type }: SystemEvent): string {
  if (type === "report" || type === "death") return `${type} ${text.replace(/; ms: .*$/s, "").replace(/\d+/g, "0")}`;
  return `${type} ${type === "audit" ? text.replace(/ in \d+ ms$/, "") : text}`;
}
