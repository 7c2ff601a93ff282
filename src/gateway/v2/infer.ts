import { HoldfastError } from "../../errors.js";
import type { TraceContext } from "../../protocol/trace-context.js";
import { classified } from "../../protocol/v2/classify.js";
import {
  type InferRequest,
  readInferRequest,
  type V2Tensor,
  type WantedOutput,
} from "../../protocol/v2/infer-request.js";
import { type WrittenBody, writeInferResponse } from "../../protocol/v2/infer-response.js";
import { parseJson } from "../../protocol/v2/parse-json.js";
import { readRawRequest } from "../../protocol/v2/raw-request.js";
import { splitBody } from "../../protocol/v2/split-body.js";
import type { ServedModels } from "../../serving/repository/served-models.js";
import type { ModelAnswer, ModelPort } from "../../serving/runtimes/model.js";
import { handlingOf } from "./call-options.js";
import { datatypeOfPort, shapeOfPort } from "./model-json.js";
import { fromModel, toModel } from "./model-tensors.js";

/** One inference as it came, inflated. */
export interface InferCall {
  readonly model: string;
  /** Undefined: whichever answers. */
  readonly version: string | undefined;
  /** Inference-Header-Content-Length; undefined where the body is JSON alone. */
  readonly headerLength: string | undefined;
  readonly body: Uint8Array;
  /** Fires when the client has gone. */
  readonly signal: AbortSignal;
  /** What it belongs to; undefined where nothing is traced. */
  readonly trace?: TraceContext | undefined;
}

/**
 * An inference from its body to the body of its answer.
 *
 *   body ─▶ JSON | binary ─▶ tensors, parameters ─▶ ServedModels.infer ─▶ outputs, or their classes ─▶ JSON | binary
 *
 * @throws HoldfastError (rejects) InvalidValue naming the field; UnknownModel; what the model rejects with
 */
export async function infer(models: ServedModels, call: InferCall): Promise<WrittenBody> {
  const { model, version, signal, trace } = call;
  const request = readRequest(models, call);
  const { stateful = false } = models.describe(model, version);
  const { options, parameters } = handlingOf(request.parameters, signal, stateful);
  const answer = await models.infer(
    model,
    version,
    {
      inputs: toModel(request.inputs),
      ...(request.outputs ? { outputs: request.outputs.map(({ name }) => name) } : {}),
      ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
    },
    trace ? { ...options, trace } : options,
  );
  const declared = (name: string) => portOf(models, model, answer.version, name);
  return writeInferResponse({
    model,
    version: answer.version,
    id: request.id,
    ...(answer.parameters ? { parameters: answer.parameters } : {}),
    outputs: outputsOf(request, answer, declared),
  });
}

function readRequest(models: ServedModels, { model, version, headerLength, body }: InferCall): InferRequest {
  const { json, binary } = splitBody(body, headerLength);
  if (headerLength === undefined || json.length > 0) return readInferRequest(parseJson(json), binary);
  const { inputs } = models.describe(model, version);
  const declared = inputs.map((port) => ({
    name: port.name,
    datatype: datatypeOfPort(port),
    shape: shapeOfPort(port),
  }));
  return readRawRequest(declared, binary);
}

/** In the order they were asked for, else in the model's. */
function outputsOf(
  { outputs: wanted, binaryOutputs }: InferRequest,
  { outputs }: ModelAnswer,
  declared: (name: string) => ModelPort | undefined,
): (V2Tensor & { binary: boolean })[] {
  const all: readonly WantedOutput[] =
    wanted && wanted.length > 0
      ? wanted
      : Object.keys(outputs).map((name) => ({ name, binary: undefined, classes: 0 }));
  return all.map(({ name, binary = binaryOutputs, classes }, i) => {
    if (!Object.hasOwn(outputs, name)) throw unknownOutput(name, i, Object.keys(outputs));
    const tensor = fromModel(name, outputs[name]!);
    if (classes === 0) return { ...tensor, binary };
    // The model says that its outermost size varies: then that is the batch.
    const batched = tensor.shape.length > 1 && typeof declared(name)?.shape[0] !== "number";
    return { ...classified(tensor, classes, batched), binary };
  });
}

function portOf(models: ServedModels, model: string, version: string, name: string): ModelPort | undefined {
  try {
    return models.describe(model, version).outputs.find((port) => port.name === name);
  } catch {
    // Unloaded while it answered.
    return undefined;
  }
}

function unknownOutput(name: string, place: number, known: readonly string[]): HoldfastError {
  const path = `outputs[${place}].name`;
  return new HoldfastError("InvalidValue", `${path} is ${JSON.stringify(name)}: the model gave ${known.join(", ")}`, {
    details: { path },
  });
}
