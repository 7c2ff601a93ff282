import type { Duration } from "../../duration.js";
import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import type { KeyedOptions } from "../../routing/keyed.js";

/**
 * A model whose requests belong together, in sequences: the one after the other, each sequence with a state of its own.
 * @example
 * import { model } from "holdfast/serving";
 * export const speech = model("silero_vad.onnx", { sequences: { state: { stateN: "state" }, idle: "2m" } })
 */
export interface SequenceOptions {
  /**
   * Of an ONNX model: outputs that are inputs of the sequence's next request, `{ stateN: "state" }`. The first finds zeros.
   * Callers neither give nor get them. A function has `sequence()` instead.
   */
  readonly state?: Readonly<Record<string, string>>;
  /** A sequence without requests for so long is forgotten. Default "1m", as Triton's. */
  readonly idle?: Duration;
  /** Sequences at once; one more is refused, safe to try again. Default 1000. */
  readonly max?: number;
  /** Threads or processes that share them, each with the model loaded. Default 1. */
  readonly cells?: KeyedOptions["cells"];
}

const keys: KeysOf<SequenceOptions> = { state: true, idle: true, max: true, cells: true };

/** @throws HoldfastError InvalidSpec naming the option and its value */
export function checkSequenceOptions(options: SequenceOptions | undefined): void {
  onlyKnownKeys(options, keys, "model.sequences");
  const { state } = options ?? {};
  if (state === undefined) return;
  const pairs = typeof state === "object" && !Array.isArray(state) ? Object.entries(state) : [];
  if (pairs.length === 0 || pairs.some(([, input]) => typeof input !== "string")) {
    throw new HoldfastError(
      "InvalidSpec",
      `model.sequences.state is ${shown(state)}: give inputs by output, { stateN: "state" }`,
      { details: { field: "model.sequences.state" } },
    );
  }
}

/** As a keyed group has them. */
export function keyedOptions({ idle = "1m", max, cells }: SequenceOptions): KeyedOptions {
  return { idle, ...(max === undefined ? {} : { maxKeys: max }), ...(cells === undefined ? {} : { cells }) };
}
