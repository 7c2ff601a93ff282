import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The recorded time is replayed so many times as fast, services and all: five minutes in half a minute. */
export const COMPRESSION = 10;

/** What a request of the trace takes, ms of recorded time: reading its prompt, then its answer word for word. */
const MS_PER_CONTEXT_TOKEN = 0.05;
const MS_PER_GENERATED_TOKEN = 10;

/**
 * On which terms the trace is served: by so many members, so soon. Within 2 s of recorded time every request shall begin; the plan may
 * change its size at each step.
 */
export const terms = { min: 1, max: 12, targetWaitMs: 2_000 / COMPRESSION, stepMs: 500 / COMPRESSION };

/** What the pool is told to aim at: below the terms, for a start takes its time too. */
export const AIM_MS = 0.75 * terms.targetWaitMs;

/** A member that is not needed goes after a fifth of a second of recorded time: a parked spare takes less to be back. */
export const SHRINK_AFTER_MS = 200 / COMPRESSION;

/** How long the excerpt is, ms of recorded time. */
const RECORDED_MS = 300_000;

/**
 * The recorded arrivals (bench/traces/README.md), as they are replayed.
 *
 * @returns {{ forMs: number, arrivals: import("./clairvoyant.mjs").Arrival[] }}
 */
export function readTrace() {
  const path = join(import.meta.dirname, "..", "traces", "azure-llm-code-2023.csv");
  const [, ...rows] = readFileSync(path, "utf8").trim().split("\n");
  const arrivals = rows.map((row) => {
    const [ms, context, generated] = row.split(",").map(Number);
    const serviceMs = context * MS_PER_CONTEXT_TOKEN + generated * MS_PER_GENERATED_TOKEN;
    return { at: ms / COMPRESSION, serviceMs: serviceMs / COMPRESSION };
  });
  return { forMs: RECORDED_MS / COMPRESSION, arrivals };
}
