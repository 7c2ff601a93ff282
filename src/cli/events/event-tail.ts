import type { Client, News } from "../../client/client.js";
import { realClock, type Timer } from "../../clock.js";
import { timeText } from "../../observe/incident/incident-text.js";
import type { SystemEvent } from "../../system/events.js";
import type { Follower } from "../connection/follow.js";
import { terminal } from "../terminal/terminal.js";
import { oneLine } from "../terminal/terminal-text.js";
import { Ties } from "../terminal/ties.js";
import { wrapped } from "../terminal/wrapped.js";
import { type EventFilter, matches, shownLine } from "./event-filter.js";
import { EventFold, type EventLine } from "./event-fold.js";

export interface EventTailOptions {
  readonly client: Client;
  readonly url: string;
  readonly filter: EventFilter;
  readonly json: boolean;
  /** How far back to begin; undefined: now. */
  readonly sinceMs: number | undefined;
  /** Ends with what was. */
  readonly once: boolean;
}

/** "03:12:04.123  " */
const STAMP = 14;
/** So long at most a repeated line is held: whoever watches a crash loop sees that it goes on. */
const HOLD_MS = 3000;

/**
 * Events as lines: those that a server remembers, and then those that happen.
 *
 *   first tree ─▶ events(since) asked ─▶ answer ─▶ told ─▶ live
 *                    └ what happens meanwhile is in the answer, which comes after it on the same connection
 */
export class EventTail implements Follower {
  readonly client: Client;
  readonly url: string;
  /** Fulfilled when all is told that was asked for; rejects where the server does not tell. */
  readonly over: Promise<void>;
  readonly #options: EventTailOptions;
  readonly #ties = new Ties((text) => void process.stderr.write(text));
  readonly #fold = new EventFold();
  #flush: Timer | undefined;
  #told: () => void = () => {};
  #failed: (error: unknown) => void = () => {};
  #state: "new" | "asking" | "live" = "new";

  constructor(options: EventTailOptions) {
    this.client = options.client;
    this.url = options.url;
    this.#options = options;
    this.over = new Promise((resolve, reject) => {
      this.#told = resolve;
      this.#failed = reject;
    });
  }

  hear(news: Exclude<News, { type: "lost" }>): void {
    this.#ties.back();
    if (this.#state === "new") this.#begin();
    if (news.type !== "event" || this.#state !== "live") return;
    if (news.missed > 0) process.stderr.write(`${news.missed} events were missed: this reader was slow\n`);
    this.#show(realClock.wallTime(), news.event);
  }

  lost(reason: string): void {
    this.#ties.lost(reason);
  }

  end(): void {
    this.#flushNow();
  }

  #begin(): void {
    const { sinceMs } = this.#options;
    this.#state = sinceMs === undefined ? "live" : "asking";
    if (sinceMs === undefined) this.#announce();
    else this.#recall(sinceMs).catch(this.#failed);
  }

  async #recall(sinceMs: number): Promise<void> {
    const { filter, once } = this.#options;
    const { types, path } = filter;
    // Sought there already: a flood elsewhere must not fill the answer.
    const query = {
      since: realClock.wallTime() - sinceMs,
      ...(types ? { types: [...types] } : {}),
      ...(path === undefined ? {} : { path }),
    };
    const { events, more } = await this.client.events(query);
    if (more)
      process.stderr.write(`there were more: these are the latest ${events.length}; --type leaves others out\n`);
    for (const { at, event } of events) this.#show(at, event as SystemEvent);
    this.#state = "live";
    if (once) this.#told();
    else this.#announce();
  }

  #announce(): void {
    process.stderr.write(`what happens at ${oneLine(this.url)} from now on; Ctrl-C ends\n`);
  }

  #show(at: number, event: SystemEvent): void {
    const { filter, json } = this.#options;
    if (!matches(filter, event)) return;
    if (json) {
      process.stdout.write(`${JSON.stringify({ at, event })}\n`);
      return;
    }
    const text = shownLine(filter, event);
    if (text === undefined) return;
    print(this.#fold.next({ at, type: event.type, text }, event));
    if (this.#fold.holds) this.#flush ??= realClock.after(HOLD_MS, () => this.#flushNow(), { background: true });
  }

  #flushNow(): void {
    this.#flush?.cancel();
    this.#flush = undefined;
    print(this.#fold.flush());
  }
}

function print(events: readonly EventLine[]): void {
  for (const event of events) process.stdout.write(`${lines(event).join("\n")}\n`);
}

/** On a terminal wrapped; elsewhere whole, for whoever searches in them. */
function lines({ at, type, text }: EventLine): string[] {
  const { width, paint } = terminal();
  const parts = process.stdout.isTTY ? wrapped(text, Math.max(20, width - STAMP)) : [oneLine(text)];
  const look = type === "report" || type === "death" ? (["red"] as const) : [];
  const stamp = paint(timeText(at), "dim");
  return parts.map((part, index) => `${index === 0 ? `${stamp}  ` : " ".repeat(STAMP)}${paint(part, ...look)}`);
}
