import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import { type Datatype, datatypes } from "../../protocol/v2/datatypes.js";
import type { Parameters } from "../../protocol/v2/infer-request.js";
import { jsonLimits, parseJson } from "../../protocol/v2/parse-json.js";
import { readInferResponse } from "../../protocol/v2/read-response.js";
import { HEADER_LENGTH, splitBody } from "../../protocol/v2/split-body.js";
import { writeInferRequest } from "../../protocol/v2/write-request.js";
import { type Incoming, joined } from "./exchange.js";
import { inputTensor, type V2Input } from "./input-tensor.js";
import type { V2CallOptions } from "./model-call.js";
import { outputTensor, type V2Arrays, type V2Output, type V2RawArrays } from "./output-tensor.js";

export interface V2InferOptions<Raw extends boolean = boolean> extends V2CallOptions {
  /** Which outputs; with `classification`, so many of its highest elements as "value:index:label". Default: all. */
  readonly outputs?: readonly (string | { readonly name: string; readonly classification?: number })[];
  /** Told in the answer again. */
  readonly id?: string;
  /** For the model or the server: text, numbers, true and false. */
  readonly parameters?: Parameters;
  /**
   * Tensors travel as bytes behind the JSON: exact and many times faster. Default "auto": where the server has the extension
   * "binary_tensor_data", which it is asked for once.
   */
  readonly binary?: boolean | "auto";
  /** This request is compressed, or is not. Default: the client's. */
  readonly gzip?: boolean;
  /** Which requests go first, where the server has the extension "schedule_policy"; 1 is the highest. */
  readonly priority?: number;
  /** For models with a state: requests of one id go to one state, from its start to its end. */
  readonly sequence?: { readonly id: number | string; readonly start?: boolean; readonly end?: boolean };
  /** FP16 and BF16 come as their bits (Uint16Array), BYTES as Uint8Arrays. Default false. */
  readonly raw?: Raw;
}

const optionKeys: KeysOf<V2InferOptions> = {
  version: true,
  timeout: true,
  signal: true,
  outputs: true,
  id: true,
  parameters: true,
  binary: true,
  gzip: true,
  priority: true,
  sequence: true,
  raw: true,
};

/** What a model answered. */
export interface V2Answer<Arrays extends Record<Datatype, unknown> = V2Arrays> {
  readonly model: string;
  /** Which version answered; undefined where the server knows none. */
  readonly version: string | undefined;
  readonly id: string | undefined;
  readonly parameters: Parameters;
  readonly outputs: Readonly<Record<string, V2Output<Arrays>>>;
  /**
   * An output that is of that datatype, and typed so.
   * @throws HoldfastError InvalidValue: it is of another, or not there
   * @example const scores: Float32Array = (await client.infer("digits", { x: pixels })).output("scores", "FP32").data;
   */
  output<D extends Datatype>(name: string, datatype: D): V2Output<Arrays, D>;
}

/** What the server can, as far as a request is written by it. */
export interface ServerAbilities {
  readonly binary: boolean;
  readonly schedules: boolean;
}

/** A request's body, not yet compressed, and the headers that say what it is. */
export interface InferBody {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Refuses mistyped options. @throws HoldfastError InvalidSpec */
export function checkInferOptions(options: V2InferOptions): void {
  onlyKnownKeys(options, optionKeys, "infer");
  const { binary = "auto", priority } = options;
  if (binary !== "auto" && typeof binary !== "boolean") throw invalid("binary", binary, 'true, false or "auto"');
  if (priority !== undefined && !(Number.isSafeInteger(priority) && priority >= 0)) {
    throw invalid("priority", priority, "a whole number >= 0");
  }
}

/** @throws HoldfastError InvalidValue naming the input; InvalidSpec naming the option */
export function inferBody(
  inputs: Readonly<Record<string, V2Input>>,
  options: V2InferOptions,
  timeoutMs: number,
  server: ServerAbilities,
): InferBody {
  const { id, outputs, priority, sequence } = options;
  const binary = options.binary === "auto" || options.binary === undefined ? server.binary : options.binary;
  const isScheduled = server.schedules && timeoutMs !== Infinity;
  const written = writeInferRequest({
    id,
    parameters: {
      ...(binary ? { binary_data_output: true } : {}),
      // Microseconds: so long the server may let it wait.
      ...(isScheduled ? { timeout: Math.max(1, Math.ceil(timeoutMs * 1000)) } : {}),
      ...(priority === undefined ? {} : { priority }),
      ...(sequence === undefined ? {} : sequenceParameters(sequence)),
      ...options.parameters,
    },
    inputs: Object.entries(inputs).map(([name, input]) => ({ ...inputTensor(name, input), binary })),
    outputs: outputs?.map((output) => {
      const { name, classification } = typeof output === "string" ? { name: output } : output;
      return classification === undefined ? { name } : { name, parameters: { classification } };
    }),
  });
  const split = written.headerBytes;
  return {
    headers:
      split === undefined
        ? { "content-type": "application/json" }
        : { "content-type": "application/octet-stream", [HEADER_LENGTH]: String(split) },
    body: joined(written.parts, written.bytes),
  };
}

/** @throws HoldfastError BadFrame: it is no V2 answer; InvalidValue: text that is none */
export function inferAnswer(incoming: Incoming, what: string, model: string, raw: boolean): V2Answer {
  const { headers, body } = incoming;
  const header = headers.get(HEADER_LENGTH);
  if (header === null && /octet-stream/.test(headers.get("content-type") ?? "")) {
    const fix =
      "a server elsewhere has to let a browser read it (Access-Control-Expose-Headers), or ask with binary: false";
    throw new HoldfastError("BadFrame", `${what}: the answer is binary and its ${HEADER_LENGTH} is not told: ${fix}`);
  }
  const answer = readable(what, () => {
    const { json, binary } = splitBody(body, header ?? undefined);
    // Its bytes are bounded already.
    return readInferResponse(parseJson(json, { ...jsonLimits, maxItems: Infinity }), binary);
  });
  const outputs = Object.fromEntries(
    answer.outputs.map((tensor) => [tensor.name, outputTensor(tensor, raw) as V2Output]),
  );
  return {
    model: answer.model ?? model,
    version: answer.version,
    id: answer.id,
    parameters: answer.parameters,
    outputs,
    output<D extends Datatype>(name: string, datatype: D): V2Output<V2Arrays, D> {
      const output = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
      if (output?.datatype === datatype) return output as V2Output<V2Arrays, D>;
      const is = output
        ? `is ${output.datatype}, not ${datatype}`
        : `is not there, but ${Object.keys(outputs).join(", ")}`;
      const wrong = (datatypes as readonly string[]).includes(datatype) ? is : `cannot be ${shown(datatype)}`;
      throw new HoldfastError("InvalidValue", `${what}: outputs.${name} ${wrong}`, {
        details: { path: `outputs.${name}` },
      });
    },
  };
}

export type { V2Arrays, V2Output, V2RawArrays };

function sequenceParameters({ id, start = false, end = false }: NonNullable<V2InferOptions["sequence"]>): Parameters {
  return { sequence_id: id, sequence_start: start, sequence_end: end };
}

function readable<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const message = `${what}: the answer cannot be read: ${(error as Error).message}`;
    throw new HoldfastError("BadFrame", message, { cause: error });
  }
}

function invalid(field: string, value: unknown, fix: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `infer.${field} is ${shown(value)}: give ${fix}`, { details: { field } });
}
