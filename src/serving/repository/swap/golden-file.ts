import { HoldfastError } from "../../../errors.js";
import { shown } from "../../../known-keys.js";
import { dtypeFor } from "../../../protocol/v2/datatypes.js";
import { readInferRequest, type V2Tensor } from "../../../protocol/v2/infer-request.js";
import { readInferResponse } from "../../../protocol/v2/read-response.js";
import type { ModelTensor } from "../../runtimes/model.js";
import type { GoldenSample } from "./swap-options.js";

/**
 * The samples of a golden.json: a list of `{ "request", "response", "tolerance"? }`, the two as the Open Inference Protocol
 * writes them in JSON, so that what a server answered once can be kept as it came.
 * @throws HoldfastError InvalidSpec naming the file and the field
 */
export function readGolden(text: string, file: string): GoldenSample[] {
  try {
    const given: unknown = JSON.parse(text);
    if (!Array.isArray(given)) throw new Error(`it is ${shown(given)}: give a list of { "request", "response" }`);
    return given.map((one, i) => sampleOf(one, i));
  } catch (cause) {
    const message = `${file} holds no golden samples: ${(cause as Error).message}`;
    throw new HoldfastError("InvalidSpec", message, { cause, details: { file } });
  }
}

function sampleOf(given: unknown, index: number): GoldenSample {
  const { request, response, tolerance } = (given ?? {}) as Record<string, unknown>;
  const where = `sample ${index}`;
  if (request === undefined || response === undefined) throw new Error(`${where} lacks request or response`);
  if (tolerance !== undefined && !(typeof tolerance === "number" && tolerance >= 0)) {
    throw new Error(`${where}: tolerance is ${shown(tolerance)}: give a number >= 0`);
  }
  try {
    const none = new Uint8Array();
    const { inputs, outputs } = readInferRequest(request, none);
    const expected = readInferResponse(response, none).outputs;
    return {
      request: { inputs: named(inputs), ...(outputs ? { outputs: outputs.map(({ name }) => name) } : {}) },
      expected: named(expected),
      ...(tolerance === undefined ? {} : { tolerance }),
    };
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`);
  }
}

function named(tensors: readonly V2Tensor[]): Record<string, ModelTensor> {
  return Object.fromEntries(tensors.map((tensor) => [tensor.name, tensorOf(tensor)]));
}

function tensorOf({ name, datatype, shape, data }: V2Tensor): ModelTensor {
  if (datatype === "BYTES") return { dtype: "string", shape, data: data as readonly Uint8Array[] };
  const dtype = dtypeFor(datatype);
  if (!dtype) throw new Error(`"${name}" is ${datatype}, which no model here has`);
  return { dtype, shape, data } as ModelTensor;
}
