import type { SystemEvent } from "../../system/events.js";
import { EventRing, type KeptEvent } from "./event-ring.js";
import { trimmed } from "./kept-event.js";

export const eventDefaults = {
  /** An hour: what one comes to look for at three in the morning. */
  ageMs: 3_600_000,
  /** Of dead letters. */
  letters: 1000,
  /** Of changes in the lives of children. */
  lives: 2000,
  /** Of all others: deaths, reports, sizes, breakers, stores … */
  others: 2000,
  /** Of each of these three. */
  bytes: 1024 * 1024,
  /** Of each of these three in one second; what comes beyond is counted. */
  aSecond: 200,
  /** Of one answer. */
  answer: 1000,
} as const;

export type EventBounds = { readonly [Bound in keyof typeof eventDefaults]: number };

/** Which events somebody asks for. */
export interface EventQuery {
  /** Milliseconds since 1970, included. Default: all that are kept. */
  readonly since?: number | undefined;
  /** "report", "scaled", … Default: all. */
  readonly types?: readonly string[] | undefined;
  /** Of this path and of what is below it. Default: all. */
  readonly path?: string | undefined;
  /** How many at most, the latest ones. Default and most: 1000. */
  readonly limit?: number | undefined;
}

/** What somebody is told. */
export interface KeptEvents {
  /** Oldest first. */
  readonly events: readonly { readonly at: number; readonly event: unknown }[];
  /** There were older ones that fit, beyond the limit. */
  readonly more: boolean;
  /** Events since the log began that had no room, or came too fast; they are not in it. */
  readonly lost: number;
}

/**
 * The events of the last hour: pure, it is told the time. Dead letters, lives and all others have rings of their own, so that a
 * storm of one kind costs none of the others.
 */
export class EventLog {
  readonly #bounds: EventBounds;
  readonly #letters: EventRing;
  readonly #lives: EventRing;
  readonly #others: EventRing;
  readonly #inSecond = new Map<EventRing, { second: number; count: number }>();
  #seq = 0;
  #lost = 0;

  constructor(bounds: EventBounds = eventDefaults) {
    this.#bounds = bounds;
    this.#letters = new EventRing(bounds.letters, bounds.bytes);
    this.#lives = new EventRing(bounds.lives, bounds.bytes);
    this.#others = new EventRing(bounds.others, bounds.bytes);
  }

  get size(): number {
    return this.#rings.reduce((all, { size }) => all + size, 0);
  }

  get bytes(): number {
    return this.#rings.reduce((all, { bytes }) => all + bytes, 0);
  }

  /** @param at of the wall clock, ms since 1970 */
  add(event: SystemEvent, at: number): void {
    const { type } = event;
    const ring = type === "dead-letter" ? this.#letters : type === "life" ? this.#lives : this.#others;
    if (this.#floods(ring, at)) {
      this.#lost += 1;
      return;
    }
    const { value, bytes } = trimmed(event);
    this.#seq += 1;
    this.#lost += ring.push({ seq: this.#seq, at, type, event: value, bytes });
    ring.forgetBefore(at - this.#bounds.ageMs);
  }

  /** @param now of the wall clock, ms since 1970 */
  read({ since = 0, types, path, limit = this.#bounds.answer }: EventQuery, now: number): KeptEvents {
    const from = Math.max(since, now - this.#bounds.ageMs);
    const most = Math.min(limit, this.#bounds.answer);
    const fits = (kept: KeptEvent) => (!types || types.includes(kept.type)) && (!path || isOf(kept.event, path));
    const found: KeptEvent[] = [];
    for (const ring of this.#rings) {
      let count = 0;
      for (const kept of ring.latest()) {
        if (kept.at < from || count > most) break;
        if (!fits(kept)) continue;
        found.push(kept);
        count += 1;
      }
    }
    found.sort((a, b) => a.seq - b.seq);
    const events = most === 0 ? [] : found.slice(-most).map(({ at, event }) => ({ at, event }));
    return { events, more: found.length > most, lost: this.#lost };
  }

  get #rings(): EventRing[] {
    return [this.#letters, this.#lives, this.#others];
  }

  #floods(ring: EventRing, at: number): boolean {
    const second = Math.floor(at / 1000);
    const now = this.#inSecond.get(ring);
    if (now?.second !== second) {
      this.#inSecond.set(ring, { second, count: 1 });
      return false;
    }
    now.count += 1;
    return now.count > this.#bounds.aSecond;
  }
}

function isOf(event: unknown, path: string): boolean {
  const { path: own, report, letter } = event as Record<"path" | "report" | "letter", unknown>;
  const about = own ?? (report as { path?: unknown })?.path ?? (letter as { path?: unknown })?.path;
  return typeof about === "string" && (about === path || about.startsWith(`${path}/`));
}
