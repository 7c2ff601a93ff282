import { HoldfastError } from "../../errors.js";
import { type Datatype, widthOf } from "./datatypes.js";
import { elementsFromBytes } from "./elements.js";
import type { InferRequest } from "./infer-request.js";

/** What a model declares of an input, in V2's words: -1 for a size that varies. */
export interface DeclaredInput {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
}

/**
 * A body without a JSON part (Inference-Header-Content-Length: 0): the bytes of the only input of a model, whose shape they
 * tell. The answer is binary too.
 * @throws HoldfastError InvalidValue where the model's inputs leave open what the bytes are
 */
export function readRawRequest(inputs: readonly DeclaredInput[], bytes: Uint8Array): InferRequest {
  const [input] = inputs;
  if (!input || inputs.length !== 1) {
    throw invalid(`a body without a JSON part is for models of one input, and this one has ${inputs.length}`);
  }
  const { name, datatype } = input;
  const shape = shapeOf(input, bytes);
  const data = datatype === "BYTES" ? [new Uint8Array(bytes)] : elementsFromBytes(datatype, shape, bytes, name);
  return {
    id: undefined,
    parameters: {},
    inputs: [{ name, datatype, shape, data }],
    outputs: undefined,
    binaryOutputs: true,
  };
}

function shapeOf({ name, datatype, shape }: DeclaredInput, bytes: Uint8Array): number[] {
  const open = shape.filter((dim) => dim < 0).length;
  const fixed = shape.reduce((product, dim) => (dim < 0 ? product : product * dim), 1);
  const declared = `input "${name}" is ${datatype}[${shape.join(",")}]`;
  const width = widthOf(datatype);
  if (width === undefined) {
    // Nothing says where one text would end and the next begin.
    if (fixed !== 1) throw invalid(`a body without a JSON part is one element of BYTES, and ${declared}`);
    return shape.map(() => 1);
  }
  if (open > 1) throw invalid(`a body without a JSON part does not tell its shape: ${declared}`);
  if (open === 0) return [...shape];
  const count = bytes.length / (width * fixed);
  if (!Number.isInteger(count)) throw invalid(`the body has ${bytes.length} bytes, and ${declared}`);
  return shape.map((dim) => (dim < 0 ? count : dim));
}

function invalid(message: string): HoldfastError {
  return new HoldfastError("InvalidValue", message, { details: { path: "body" } });
}
