import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import { datatypes, isDatatype } from "./datatypes.js";
import { elementsFromBytes, elementsFromJson } from "./elements.js";
import { type Parameters, readShape, type V2Tensor } from "./infer-request.js";

/** An answer as it came; what the specification leaves out may be undefined. */
export interface IncomingResponse {
  readonly model: string | undefined;
  readonly version: string | undefined;
  readonly id: string | undefined;
  readonly parameters: Parameters;
  /** `binary`: it came behind the JSON part. */
  readonly outputs: readonly (V2Tensor & { readonly binary: boolean })[];
}

/**
 * An inference answer of V2, out of its JSON part and what follows it. Fields that nobody specified are passed over: servers
 * have their own.
 * @param json   what was parsed; anything at all
 * @param binary the bytes after the JSON part, none where there are none
 * @throws HoldfastError InvalidValue naming the field, quoting the value
 */
export function readInferResponse(json: unknown, binary: Uint8Array): IncomingResponse {
  const answer = object(json, "the answer");
  const { outputs: given } = answer;
  if (!Array.isArray(given)) throw invalid("outputs", given, "a list");
  const rest = { bytes: binary, at: 0 };
  const outputs = given.map((output, i) => readOutput(output, `outputs[${i}]`, rest));
  const seen = new Set<string>();
  for (const [i, { name }] of outputs.entries()) {
    if (seen.has(name)) throw problem(`outputs[${i}].name`, `is "${name}" a second time`);
    seen.add(name);
  }
  if (rest.at < binary.length) {
    throw problem("the answer", `has ${binary.length - rest.at} bytes of binary data that no output claims`);
  }
  return {
    model: text(answer.model_name, "model_name"),
    version: text(answer.model_version, "model_version"),
    id: text(answer.id, "id"),
    parameters: answer.parameters === undefined ? {} : (object(answer.parameters, "parameters") as Parameters),
    outputs,
  };
}

function readOutput(given: unknown, where: string, rest: { readonly bytes: Uint8Array; at: number }) {
  const output = object(given, where);
  const { name, datatype } = output;
  if (typeof name !== "string" || name === "") throw invalid(`${where}.name`, name, "a name");
  if (!isDatatype(datatype)) throw invalid(`${where}.datatype`, datatype, `one of ${datatypes.join(", ")}`);
  const shape = readShape(output.shape, `${where}.shape`);
  const parameters = output.parameters === undefined ? {} : object(output.parameters, `${where}.parameters`);
  const { binary_data_size: size } = parameters;
  if (size === undefined) {
    const data = elementsFromJson(datatype, shape, output.data, `${where}.data`);
    return { name, datatype, shape, data, binary: false };
  }
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
    throw invalid(`${where}.parameters.binary_data_size`, size, "a whole number of bytes");
  }
  const left = rest.bytes.length - rest.at;
  if (size > left) throw problem(`${where}.parameters.binary_data_size`, `is ${size}, and ${left} bytes are left`);
  const bytes = rest.bytes.subarray(rest.at, rest.at + size);
  rest.at += size;
  return { name, datatype, shape, data: elementsFromBytes(datatype, shape, bytes, where), binary: true };
}

/** Servers write null, or "" for an id, where there is none. */
function text(value: unknown, where: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw invalid(where, value, "text");
  return value;
}

function object(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(where, value, "an object");
}

function invalid(where: string, value: unknown, wanted: string): HoldfastError {
  return problem(where, `is ${shown(value)}, not ${wanted}`);
}

function problem(where: string, what: string): HoldfastError {
  return new HoldfastError("InvalidValue", `${where} ${what}`, { details: { path: where } });
}
