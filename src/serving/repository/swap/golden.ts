import { fp16 } from "../../../protocol/v2/small-floats.js";
import type { ModelAnswer, ModelTensor } from "../../runtimes/model.js";
import type { GoldenSample } from "./swap-options.js";

/** As close as two runtimes, or two orders of summing, come with float32. */
const usual = 1e-3;

/**
 * Compares an answer with what is known to be right.
 * @returns what is wrong, with the worst number; undefined where nothing is
 */
export function wrongIn({ expected, tolerance = usual }: GoldenSample, answer: ModelAnswer): string | undefined {
  for (const [name, wanted] of Object.entries(expected)) {
    const got = Object.hasOwn(answer.outputs, name) ? answer.outputs[name] : undefined;
    if (!got) return `there is no output "${name}", but ${Object.keys(answer.outputs).join(", ") || "none"}`;
    const wrong = differs(got, wanted, tolerance);
    if (wrong) return `output "${name}" ${wrong}`;
  }
  return undefined;
}

function differs(got: ModelTensor, wanted: ModelTensor, tolerance: number): string | undefined {
  if (got.dtype !== wanted.dtype) return `is ${got.dtype} instead of ${wanted.dtype}`;
  if (got.shape.length !== wanted.shape.length || got.shape.some((size, i) => size !== wanted.shape[i])) {
    return `has shape [${got.shape.join(", ")}] instead of [${wanted.shape.join(", ")}]`;
  }
  const half = wanted.dtype === "float16";
  const meant = (element: unknown) => (half ? fp16.toNumber(element as number) : element);
  let worst = 0;
  let at = -1;
  for (let i = 0; i < wanted.data.length; i++) {
    const off = distance(meant(got.data[i]), meant(wanted.data[i]));
    if (off > tolerance && off > worst) {
      worst = off;
      at = i;
    }
  }
  if (at < 0) return undefined;
  if (wanted.dtype === "string") return `differs at element ${at}`;
  const [is, known] = [got.data[at], wanted.data[at]].map((element) => String(meant(element)));
  return `is ${is} at element ${at}, and ${known} is known: tolerance ${tolerance}`;
}

/** Relative above 1, absolute below; NaN is expected where it is expected. */
function distance(got: unknown, wanted: unknown): number {
  if (typeof got === "number" && typeof wanted === "number") {
    if (Object.is(got, wanted) || got === wanted) return 0;
    const off = Math.abs(got - wanted) / Math.max(1, Math.abs(wanted));
    return Number.isNaN(off) ? Number.POSITIVE_INFINITY : off;
  }
  if (typeof got === "bigint" && typeof wanted === "bigint") {
    return Math.abs(Number(got - wanted)) / Math.max(1, Math.abs(Number(wanted)));
  }
  return textOf(got) === textOf(wanted) ? 0 : Number.POSITIVE_INFINITY;
}

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
}
