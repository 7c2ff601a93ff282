import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import type { App } from "../../system/app.js";
import { leversOf } from "../../system/levers.js";
import { HostMonitor, type RuleStanding } from "./host-monitor.js";
import { type MonitorOptions, monitorSettings } from "./monitor-options.js";
import type { Reading, ReadingName } from "./reading.js";
import { machineSources } from "./sources/machine-sources.js";

export type { ThresholdEvent } from "../../system/events.js";
export type { RuleStanding } from "./host-monitor.js";
export type { MonitorOptions } from "./monitor-options.js";
export { type Reading, type ReadingKind, type ReadingName, type ReadingUnit, readingKinds } from "./reading.js";
export type { RuleAction, RuleOptions } from "./rules/rule.js";
export type { Source } from "./source.js";

/** What `monitor()` gives. */
export interface Monitor {
  /** The latest of each reading that can be had, none older than three of its intervals. */
  readings(): readonly Reading[];
  /** How each rule stands. */
  rules(): readonly RuleStanding[];
  /** Why a reading is not there, in one line; undefined where it is. @param of a folder or peer */
  absent(name: ReadingName, of?: string): string | undefined;
  /** Ends it: what it refuses is let in again. It ends with its app too. */
  close(): void;
  [Symbol.dispose](): void;
}

const monitors = new WeakMap<object, HostMonitor>();

/**
 * Watches the machine that an app runs on, and acts by rules: each trigger and each end of one is an event ("threshold") of
 * `app.subscribe`. Without rules of your own it alerts and does nothing else.
 * @param app what `system()` gave
 * @throws HoldfastError InvalidSpec naming the option or the rule, its value and the fix; also where the app has a monitor
 * @example
 * const watched = monitor(app, {
 *   rules: [
 *     { when: "memory > 90 %", for: "10s", then: "recycle-largest", clear: "memory < 80 %" },
 *     { when: "cpu > 95 %", for: "30s", then: "shed" },
 *     "disk of ./state > 90 %",
 *   ],
 *   peers: ["db:5432"],
 * });
 * console.log(watched.readings());
 */
export function monitor(app: App<unknown>, options: MonitorOptions = {}): Monitor {
  const levers = typeof app === "object" && app !== null ? leversOf(app) : undefined;
  if (!levers) {
    const text = `monitor() got ${shown(app)}: give it the app that system() resolved with`;
    throw new HoldfastError("InvalidSpec", text, { details: { field: "app" } });
  }
  if (monitors.has(app)) {
    throw new HoldfastError("InvalidSpec", "this app has a monitor already: close() that one first");
  }
  const settings = monitorSettings(options);
  const over = () => void monitors.delete(app);
  const made = new HostMonitor(levers, settings, settings.sources ?? machineSources(settings), over);
  monitors.set(app, made);
  return made;
}

/** The monitor of an app; undefined where it has none. For metrics and pages. */
export function monitorOf(app: App<unknown>): Monitor | undefined {
  return monitors.get(app);
}
