import type { Monitor } from "../monitor/monitor.js";
import type { Samples } from "./samples.js";

/** What the app's monitor has read, and which of its rules hold; nothing where it has none. Labels are those of its own options. */
export function readMonitor(monitor: Monitor | undefined, samples: Samples): void {
  for (const { name: reading, of = "", unit, value } of monitor?.readings() ?? []) {
    samples.add("holdfast_monitor_reading", value, { reading, of, unit });
  }
  for (const { rule, state } of monitor?.rules() ?? []) {
    samples.add("holdfast_monitor_triggered", state === "triggered" ? 1 : 0, { rule });
  }
}
