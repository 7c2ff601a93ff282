import type { ChildState } from "../supervision/life.js";
import type { App } from "../system/app.js";
import type { DeadLetter, DeathReport } from "../system/death/report.js";
import type { SystemEvent } from "../system/events.js";
import { listed, type Within } from "./expectations.js";
import { refuseNoApp } from "./refuse-no-app.js";
import { Unread } from "./unread.js";

type Type = SystemEvent["type"];
type EventOf<T extends Type> = Extract<SystemEvent, { type: T }>;

/** Everything an app tells from now on, in order. */
export interface Recording {
  readonly events: readonly SystemEvent[];
  /** Complete reports: service was back, or given up. */
  readonly reports: readonly DeathReport[];
  readonly deadLetters: readonly DeadLetter[];
  /** The states that a path went through. */
  states(path: string): ChildState[];
  /**
   * The first event of a type that was not read yet, one that is there or the next to come.
   * @throws HoldfastError Timeout saying which events there were
   */
  next<T extends Type>(type: T, options?: Within & { where?: (event: EventOf<T>) => boolean }): Promise<EventOf<T>>;
  /** Listens no more. */
  end(): void;
}

/**
 * Records what an app tells: state changes, deaths and their reports, dead letters.
 * @example
 * const record = recording(app);
 * app.kill("digits");
 * const { report } = await record.next("report");
 * report.decision; // "restart"
 */
export function recording(app: Pick<App, "subscribe">): Recording {
  refuseNoApp(app, "recording");
  const events: SystemEvent[] = [];
  const unread = new Unread<SystemEvent>();
  const end = app.subscribe((event) => {
    events.push(event);
    unread.push(event);
  });
  const of = <T extends Type>(type: T) => events.filter((event): event is EventOf<T> => event.type === type);
  return {
    events,
    get reports() {
      return of("report").map(({ report }) => report);
    },
    get deadLetters() {
      return of("dead-letter").map(({ letter }) => letter);
    },
    states: (path) =>
      of("life")
        .filter((event) => event.path === path || event.path.slice(event.path.indexOf("/") + 1) === path)
        .map(({ state }) => state),
    next: <T extends Type>(
      type: T,
      { where = () => true, ...within }: Within & { where?: (event: EventOf<T>) => boolean } = {},
    ) =>
      unread.next(
        (event) => event.type === type && where(event as EventOf<T>),
        within,
        `an event "${type}"`,
        () => `the events were ${listed(events.map(told), "none")}`,
      ) as Promise<EventOf<T>>,
    end,
  };
}

function told(event: SystemEvent): string {
  if (event.type === "life") return `${event.path} ${event.state}`;
  if ("report" in event) return `${event.type} of ${event.report.path}`;
  return event.type === "dead-letter" ? `dead letter ${event.letter.method} to ${event.letter.path}` : event.type;
}
