import { type Channel, channel } from "node:diagnostics_channel";
import type { SystemEvent } from "../events.js";

/** The events of a system that are published on channels of their own, by type. */
export type EventOnChannel = SystemEvent extends infer Event
  ? Event extends { type: (typeof published)[number] }
    ? Event & { readonly system: string }
    : never
  : never;

const published = ["life", "death", "report", "dead-letter", "scaled", "recycled", "ejected", "breaker"] as const;

const channels: Readonly<Record<string, Channel | undefined>> = Object.fromEntries(
  published.map((type) => [type, channel(`holdfast:${type}`)]),
);

const life = channels.life!;

/** Somebody wants to hear of every change in a child's life, of any system. */
export function lifeIsHeard(): boolean {
  return life.hasSubscribers;
}

/**
 * Publishes an event of the system of this name on its channel, where it has one that somebody subscribes to:
 *
 *   app.subscribe(…) ◀─ EventFan ─▶ holdfast:life, holdfast:death, holdfast:report, …
 */
export function publishEvent(system: string, event: SystemEvent): void {
  const heard = channels[event.type];
  if (heard?.hasSubscribers) heard.publish({ system, ...event } as EventOnChannel);
}
