import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import { elementsOf } from "../dtypes.js";
import { type Datatype, datatypes, type Elements, isDatatype } from "./datatypes.js";
import { elementsFromBytes, elementsFromJson } from "./elements.js";

/** A value that V2 calls a parameter. */
export type Parameter = string | number | boolean;
export type Parameters = Readonly<Record<string, Parameter>>;

/** A named tensor of a request or an answer. */
export interface V2Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: Elements;
}

/** An output that a request asks for. */
export interface WantedOutput {
  readonly name: string;
  /** It is to be answered as binary data; undefined: as the request says for all. */
  readonly binary: boolean | undefined;
  /** So many of its highest elements, with their places, instead of the tensor; 0: the tensor. */
  readonly classes: number;
}

export interface InferRequest {
  readonly id: string | undefined;
  readonly parameters: Parameters;
  readonly inputs: readonly V2Tensor[];
  /** Undefined: all of the model's. */
  readonly outputs: readonly WantedOutput[] | undefined;
  /** Outputs of which nothing is said are answered as binary data. */
  readonly binaryOutputs: boolean;
}

/**
 * An inference request of V2, out of its JSON part and what follows it.
 *
 *   { "inputs": [{ name, shape, datatype, data | parameters.binary_data_size }], "outputs": [...] }  bytes bytes …
 *                                                     the binary data of the inputs that have some, in their order ─┘
 *
 * @param json   what was parsed; anything at all
 * @param binary the bytes after the JSON part, none where there are none
 * @throws HoldfastError InvalidValue naming the field, quoting the value
 */
export function readInferRequest(json: unknown, binary: Uint8Array): InferRequest {
  const request = object(json, "the request");
  const id = optional(request.id, "id", isText, "text");
  const parameters = readParameters(request.parameters, "parameters");
  const given = request.inputs;
  if (!Array.isArray(given) || given.length === 0)
    throw invalid("inputs", given, "give a list with one tensor at least");
  refuseMany(given, "inputs");
  const rest = { bytes: binary, at: 0 };
  const inputs = given.map((input, i) => readInput(input, `inputs[${i}]`, rest));
  refuseDoubles(inputs, "inputs");
  const outputs = request.outputs === undefined ? undefined : readOutputs(request.outputs);
  const binaryOutputs = flag(parameters, "binary_data_output", "parameters") ?? false;
  if (rest.at < binary.length) {
    throw problem("the request", `has ${binary.length - rest.at} bytes of binary data that no input claims`);
  }
  return { id, parameters, inputs, outputs, binaryOutputs };
}

/** @throws HoldfastError InvalidValue for a value that is no text, number or boolean */
export function readParameters(given: unknown, where: string): Parameters {
  if (given === undefined) return {};
  const parameters = object(given, where);
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value === "string" || typeof value === "boolean") continue;
    if (typeof value === "number" && Number.isFinite(value)) continue;
    throw invalid(`${where}.${name}`, value, "give text, a number, true or false");
  }
  return parameters as Parameters;
}

function readInput(given: unknown, where: string, rest: { readonly bytes: Uint8Array; at: number }): V2Tensor {
  const input = object(given, where);
  const name = readName(input.name, `${where}.name`);
  const datatype = readDatatype(input.datatype, `${where}.datatype`);
  const shape = readShape(input.shape, `${where}.shape`);
  if (datatype === "BYTES" && elementsOf(shape) > MOST_TEXTS) {
    throw problem(
      `${where}.shape`,
      `[${shape.join(",")}] has ${elementsOf(shape)} elements of BYTES: ${MOST_TEXTS} at most`,
    );
  }
  const parameters = readParameters(input.parameters, `${where}.parameters`);
  const { binary_data_size: size } = parameters;
  for (const lent of ["shared_memory_region", "shared_memory_offset", "shared_memory_byte_size"]) {
    if (lent in parameters)
      throw problem(`${where}.parameters.${lent}`, "names shared memory, which is not served here");
  }
  if (size === undefined) {
    return { name, datatype, shape, data: elementsFromJson(datatype, shape, input.data, `${where}.data`) };
  }
  if (input.data !== undefined) throw problem(where, "has data and binary_data_size: give one of them");
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
    throw invalid(`${where}.parameters.binary_data_size`, size, "give a whole number of bytes");
  }
  const left = rest.bytes.length - rest.at;
  if (size > left) throw problem(`${where}.parameters.binary_data_size`, `is ${size}, and ${left} bytes are left`);
  const bytes = rest.bytes.subarray(rest.at, rest.at + size);
  rest.at += size;
  return { name, datatype, shape, data: elementsFromBytes(datatype, shape, bytes, where) };
}

function readOutputs(given: unknown): WantedOutput[] {
  if (!Array.isArray(given)) throw invalid("outputs", given, "give a list, or leave it out for all outputs");
  refuseMany(given, "outputs");
  const outputs = given.map((one, i) => {
    const where = `outputs[${i}]`;
    const output = object(one, where);
    const parameters = readParameters(output.parameters, `${where}.parameters`);
    const { classification: classes = 0 } = parameters;
    if (typeof classes !== "number" || !Number.isSafeInteger(classes) || classes < 0) {
      throw invalid(`${where}.parameters.classification`, classes, "give a whole number of classes");
    }
    const binary = flag(parameters, "binary_data", `${where}.parameters`);
    return { name: readName(output.name, `${where}.name`), binary, classes };
  });
  refuseDoubles(outputs, "outputs");
  return outputs;
}

/** The shape of a tensor that came from outside. @throws HoldfastError InvalidValue */
export function readShape(shape: unknown, where: string): number[] {
  // parseJson hands on a number of many digits as its text.
  const given = Array.isArray(shape) ? shape.map((dim) => (isDigits(dim) ? Number(dim) : (dim as unknown))) : shape;
  const isDim = (dim: unknown) => Number.isSafeInteger(dim) && (dim as number) >= 0;
  if (!Array.isArray(given) || given.length > MOST_DIMENSIONS) {
    throw invalid(where, given, `give a list of at most ${MOST_DIMENSIONS} whole numbers`);
  }
  const wrong = given.findIndex((dim) => !isDim(dim));
  if (wrong >= 0) throw invalid(`${where}[${wrong}]`, given[wrong], "give a whole number >= 0");
  const count = elementsOf(given as number[]);
  if (count > MOST_ELEMENTS)
    throw problem(where, `[${given.join(",")}] has ${count} elements: ${MOST_ELEMENTS} at most`);
  return given as number[];
}

/** More than any model has. Each of a hundred thousand would be read, checked and sent before it is known to be none of its inputs. */
export const MOST_TENSORS = 1024;

/** Each text is an object of its own: four bytes of a body would cost some two hundred of memory. */
export const MOST_TEXTS = 1_000_000;

function refuseMany(given: readonly unknown[], where: string): void {
  if (given.length > MOST_TENSORS) throw problem(where, `has ${given.length} tensors: ${MOST_TENSORS} at most`);
}

export const MOST_DIMENSIONS = 16;

/** What is made for a shape before its data are looked at is bounded by it: 1 GiB of float32. */
export const MOST_ELEMENTS = 2 ** 28;

function readDatatype(given: unknown, where: string): Datatype {
  if (isDatatype(given)) return given;
  throw invalid(where, given, `give one of ${datatypes.join(", ")}`);
}

function readName(given: unknown, where: string): string {
  if (typeof given === "string" && given !== "") return given;
  throw invalid(where, given, "give a name");
}

function refuseDoubles(named: readonly { readonly name: string }[], where: string): void {
  const seen = new Set<string>();
  for (const [i, { name }] of named.entries()) {
    if (seen.has(name)) throw problem(`${where}[${i}].name`, `is "${name}" a second time`);
    seen.add(name);
  }
}

function flag(parameters: Parameters, name: string, where: string): boolean | undefined {
  return optional(parameters[name], `${where}.${name}`, (value) => typeof value === "boolean", "true or false");
}

function optional<T>(value: T | undefined, where: string, holds: (value: T) => boolean, fix: string) {
  if (value === undefined) return undefined;
  if (!holds(value)) throw invalid(where, value, `give ${fix}`);
  return value as never;
}

const isDigits = (value: unknown) => typeof value === "string" && /^\d{16,20}$/.test(value);
const isText = (value: unknown) => typeof value === "string";

function object(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(where, value, "give an object");
}

function invalid(where: string, value: unknown, fix: string): HoldfastError {
  return problem(where, `is ${shown(value)}: ${fix}`);
}

function problem(where: string, what: string): HoldfastError {
  return new HoldfastError("InvalidValue", `${where} ${what}`, { details: { path: where } });
}
