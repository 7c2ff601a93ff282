import { type EventLoopUtilization, monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { Samples } from "./samples.js";

/** How often the event loop's delay is looked at, ms: costs nothing that could be measured, and sees a stall of 20 ms. */
const LOOK_MS = 20;

/** What the process and its main thread are doing. Measures from when it was made until it is closed. */
export class ProcessSamples {
  readonly #delay = monitorEventLoopDelay({ resolution: LOOK_MS });
  #before: EventLoopUtilization = performance.eventLoopUtilization();

  constructor() {
    this.#delay.enable();
  }

  read(samples: Samples): void {
    const { user, system } = process.cpuUsage();
    samples.add("process_cpu_seconds_total", (user + system) / 1e6);
    samples.add("process_resident_memory_bytes", process.memoryUsage.rss());
    samples.add("process_start_time_seconds", Math.round(performance.timeOrigin / 1000));
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#before);
    this.#before = now;
    samples.add("holdfast_event_loop_utilization", Number.isFinite(utilization) ? utilization : 0);
    const points = { p50: this.#delay.percentile(50), p99: this.#delay.percentile(99), max: this.#delay.max };
    // Its samples are as far apart as they are looked for, on time or not.
    const late = (ns: number) => Math.max(0, this.#delay.count === 0 ? 0 : ns / 1e9 - LOOK_MS / 1000);
    for (const [point, ns] of Object.entries(points)) {
      samples.add("holdfast_event_loop_delay_seconds", late(ns), { point });
    }
    this.#delay.reset();
  }

  close(): void {
    this.#delay.disable();
  }
}
