import { HostMonitor } from "../../../../src/observe/monitor/host-monitor.js";
import { type MonitorOptions, monitorSettings } from "../../../../src/observe/monitor/monitor-options.js";
import { type ReadingName, readingKinds } from "../../../../src/observe/monitor/reading.js";
import type { Source } from "../../../../src/observe/monitor/source.js";
import type { ThresholdEvent } from "../../../../src/system/events.js";
import type { ShedLevel } from "../../../../src/system/shedding.js";
import { VirtualClock } from "../../../../src/testing/virtual-clock.js";

/** A source that says what a test sets; undefined: nothing. */
export function said(name: ReadingName, every = 1): Source & { value: number | undefined; reads: number } {
  return {
    value: undefined,
    reads: 0,
    every,
    names: [name],
    read() {
      this.reads++;
      return this.value === undefined ? [] : [{ name, unit: readingKinds[name].unit, value: this.value }];
    },
    absent: () => "it was not set",
  };
}

/** A monitor in virtual time, and what it told and did. */
export function watched(rules: MonitorOptions["rules"], sources: readonly Source[]) {
  const clock = new VirtualClock();
  const events: ThresholdEvent[] = [];
  const sheds: ShedLevel[] = [];
  const recycled: { why: string; threadsOnly: boolean }[] = [];
  /** The clock is ahead of its timers by so much: they fire late, as after a suspension. */
  const late = { ms: 0 };
  const system = { over: false, largest: { path: "app/leaky", host: "thread 3", bytes: 64 * 1024 * 1024, forMs: 0 } };
  const monitor = new HostMonitor(
    {
      clock: {
        now: () => clock.now() + late.ms,
        wallTime: () => clock.wallTime(),
        after: (ms, callback) => clock.after(ms, callback),
      },
      get over() {
        return system.over;
      },
      emit: (event) => void (event.type === "threshold" && events.push(event)),
      recycleLargest(why, threadsOnly) {
        recycled.push({ why, threadsOnly });
        return system.largest;
      },
      shed: (_by, level) => void sheds.push(level),
    },
    monitorSettings(rules ? { rules } : {}),
    sources,
  );
  return { clock, late, events, sheds, recycled, system, monitor };
}
