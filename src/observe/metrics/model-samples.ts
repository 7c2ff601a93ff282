import type { SystemStats } from "../../system/stats.js";
import { Counts } from "./counts.js";
import { labelText } from "./label-text.js";
import type { Samples } from "./samples.js";

/** How often something happened, and how long it took all together. */
interface Counted {
  readonly count: number;
  readonly ns: number;
}

/** What a version of a model has counted: `ModelStatistics` of holdfast/serving is one. */
export interface ModelFigures {
  readonly name: string;
  readonly version: string;
  /** Its pool below the root, such as "models/digits/3", whose mailbox says what is pending. */
  readonly path?: string | undefined;
  readonly inferenceCount: number;
  readonly executionCount: number;
  readonly success: Counted;
  readonly fail: Counted;
  readonly queue: Counted;
  readonly computeInput: Counted;
  readonly computeInfer: Counted;
  readonly computeOutput: Counted;
}

/** Models that count: what `openModels()` gives is one. */
export interface CountingModels {
  statistics(): readonly ModelFigures[];
}

/** Versions that have values of their own; the oldest are told no more. */
export const METRIC_VERSIONS = 500;

/** The names that Triton gives to what a model has done. */
export function readModels(models: CountingModels, { units }: SystemStats, root: string, samples: Samples): void {
  const waiting = new Counts(Number.POSITIVE_INFINITY);
  for (const unit of units) if (unit.waiting > 0) waiting.add(unit.path, unit.waiting);
  const depths = new Map(waiting);
  for (const one of models.statistics().slice(-METRIC_VERSIONS)) {
    const labels = { model: labelText(one.name), version: labelText(one.version) };
    samples.add("nv_inference_request_success", one.success.count, labels);
    samples.add("nv_inference_request_failure", one.fail.count, labels);
    samples.add("nv_inference_count", one.inferenceCount, labels);
    samples.add("nv_inference_exec_count", one.executionCount, labels);
    samples.add("nv_inference_request_duration_us", micros(one.success), labels);
    samples.add("nv_inference_queue_duration_us", micros(one.queue), labels);
    samples.add("nv_inference_compute_input_duration_us", micros(one.computeInput), labels);
    samples.add("nv_inference_compute_infer_duration_us", micros(one.computeInfer), labels);
    samples.add("nv_inference_compute_output_duration_us", micros(one.computeOutput), labels);
    const pending = one.path === undefined ? 0 : (depths.get(`${root}/${one.path}`) ?? 0);
    samples.add("nv_inference_pending_request_count", pending, labels);
  }
}

function micros({ ns }: Counted): number {
  return Math.round(ns / 1000);
}
