import type { Chance, Clock } from "../../clock.js";
import { realClock } from "../../clock.js";
import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import { importPeer } from "../../peer.js";
import type { TraceOptions, Tracing } from "./tracing.js";

const keys: KeysOf<TraceOptions> = { ratio: true };

/** @throws HoldfastError InvalidSpec naming the option */
export function checkTrace(trace: boolean | TraceOptions | undefined): void {
  if (trace === undefined || typeof trace === "boolean") return;
  onlyKnownKeys(trace, keys, "trace");
  const { ratio } = trace;
  if (ratio === undefined || (typeof ratio === "number" && ratio >= 0 && ratio <= 1)) return;
  const text = `trace.ratio is ${shown(ratio)}: give a number from 0 to 1`;
  throw new HoldfastError("InvalidSpec", text, { details: { field: "trace.ratio" } });
}

/**
 * Tracing, where it is asked for.
 * @throws HoldfastError (rejects) MissingPeer saying what to type
 */
export async function openTracing(
  trace: boolean | TraceOptions | undefined,
  clock: Clock = realClock,
  chance: Chance = Math.random,
): Promise<Tracing | undefined> {
  if (trace === undefined || trace === false) return undefined;
  const [otel, { OtelTracing }] = await Promise.all([
    importPeer("@opentelemetry/api", () => import("@opentelemetry/api")),
    import("./otel-tracing.js"),
  ]);
  return new OtelTracing(otel, trace === true ? {} : trace, clock, chance);
}
