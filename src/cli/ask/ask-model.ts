import type { Client } from "../../client/client.js";
import { isHoldfastError } from "../../errors.js";
import { elementsOf } from "../../protocol/dtypes.js";
import { fp16 } from "../../protocol/v2/small-floats.js";
import { fromWire } from "../../protocol/values.js";
import { type Listed, type ModelCall, type ModelInput, readRequest } from "../../serving/model/read-request.js";
import { readTensor } from "../../serving/model/read-tensor.js";
import type { ModelAnswer, ModelDescription, ModelTensor } from "../../serving/runtimes/model.js";
import { CommandError, exitCodes } from "../command.js";
import { modelLines, trialRequest } from "../models/model-text.js";

/** What a served model can be asked. */
interface Asked {
  infer(request: ModelCall): Promise<ModelAnswer>;
  describe(): Promise<ModelDescription>;
}

export interface AskModel {
  readonly url: string;
  readonly name: string;
  /** The request as JSON; undefined: what it is and how it is asked is printed. */
  readonly text: string | undefined;
  readonly timeout: number;
  readonly json: boolean;
}

/**
 * Asks a model. The request is what `infer` takes, or its inputs alone, or, where it has one input, that input alone.
 * Numbers become what the model declares; `{ "shape": [1, 3, 224, 224], "fill": 0 }` is a tensor of one number.
 */
export async function askModel(client: Client, { url, name, text, timeout, json }: AskModel): Promise<number> {
  const { ask } = client.ref<Asked>(name).with({ timeout });
  const description = await ask.describe();
  if (text === undefined) {
    if (json) console.log(JSON.stringify(description));
    else {
      for (const line of modelLines(name, description)) console.log(line);
      console.log(`try:\n  npx holdfast ask ${url} ${name} '${JSON.stringify(trialRequest(description))}'`);
    }
    return exitCodes.ok;
  }
  const { inputs, ...rest } = requestOf(text, description);
  const filled = Object.fromEntries(Object.entries(inputs).map(([port, value]) => [port, filledUp(value, port)]));
  const { outputs, ...beside } = await ask.infer(readRequest(description.inputs, { ...rest, inputs: filled }));
  // Over the wire a tensor of one dimension comes as its array alone.
  const tensors = Object.entries(outputs).map(([output, value]) => {
    const declared = description.outputs.find((port) => port.name === output)?.dtype;
    return [output, readTensor(`output "${output}"`, value, declared)] as const;
  });
  if (json) {
    const plain = tensors.map(([output, tensor]) => [output, { ...tensor, data: elements(tensor) }]);
    console.log(JSON.stringify({ outputs: Object.fromEntries(plain), ...beside }));
    return exitCodes.ok;
  }
  for (const [output, tensor] of tensors) console.log(tensorText(output, tensor));
  if (beside.parameters) console.log(JSON.stringify(beside.parameters));
  return exitCodes.ok;
}

function requestOf(text: string, { inputs }: ModelDescription): ModelCall {
  let value: unknown;
  try {
    // Data in base64 is as good as a list.
    value = fromWire(JSON.parse(text), "text", "the request");
  } catch (error) {
    if (isHoldfastError(error)) throw error;
    throw new CommandError(`the request is no JSON: ${(error as Error).message}`);
  }
  const fields = typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  if (fields) {
    const named = (name: string) => inputs.some((port) => port.name === name);
    if ("inputs" in fields && !named("inputs")) return fields as ModelCall;
    // The one input without its name.
    const alone = ("data" in fields || "fill" in fields) && !Object.keys(fields).some(named);
    if (!alone) return { inputs: fields as ModelCall["inputs"] };
  }
  const [only] = inputs;
  if (inputs.length === 1 && only) return { inputs: { [only.name]: value as ModelInput } };
  const names = inputs.map((port) => port.name).join(", ");
  throw new CommandError(`say which input is meant, { "name": … }: the model has ${names || "none declared"}`);
}

function filledUp(value: ModelInput, name: string): ModelInput {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { fill, shape } = value as { fill?: Listed; shape?: unknown };
  if (fill === undefined) return value;
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new CommandError(`input "${name}" has a fill and the shape ${JSON.stringify(shape)}: give a list of sizes`);
  }
  const count = elementsOf(shape);
  if (count > largest) throw new CommandError(`input "${name}" would have ${count} elements: ${largest} at most`);
  return { shape, data: Array<Listed>(count).fill(fill) };
}

/** As much as a frame of 16 MiB holds as float32. */
const largest = 4_000_000;

/** `label  float32 [1, 2]  [[0.5,0.5]]` */
function tensorText(name: string, tensor: ModelTensor): string {
  const { dtype, shape } = tensor;
  return `${name}  ${dtype} [${shape.join(", ")}]  ${JSON.stringify(nested(elements(tensor), shape))}`;
}

/** As JSON can say them: halves as numbers; as text what JSON has no form for, NaN and 64 bits. */
function elements({ dtype, data }: ModelTensor): unknown[] {
  switch (dtype) {
    case "string":
      return data.map((text) => (typeof text === "string" ? text : Buffer.from(text).toString()));
    case "bool":
      return Array.from(data as Uint8Array, Boolean);
    case "float16":
      return Array.from(data as Uint16Array, (bits) => fp16.toNumber(bits));
    default:
      return Array.from(data as ArrayLike<number | bigint>, (value) =>
        Number.isFinite(value) ? value : String(value),
      );
  }
}

function nested(list: unknown[], shape: readonly number[]): unknown {
  if (shape.length === 0) return list[0];
  const [size = 0, ...inner] = shape;
  if (inner.length === 0) return list;
  const each = size === 0 ? 0 : list.length / size;
  return Array.from({ length: size }, (_, i) => nested(list.slice(i * each, (i + 1) * each), inner));
}
