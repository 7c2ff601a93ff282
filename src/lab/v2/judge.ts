import { isHoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import { jsonLimits, parseJson } from "../../protocol/v2/parse-json.js";
import { type IncomingResponse, readInferResponse } from "../../protocol/v2/read-response.js";
import { HEADER_LENGTH, splitBody } from "../../protocol/v2/split-body.js";
import type { HttpAnswer } from "./http-exchange.js";
import { unmet } from "./requirement.js";
import type { TestedModel } from "./subject.js";

/** @throws Unmet quoting what the server said */
export function succeeded(answer: HttpAnswer | undefined): asserts answer is HttpAnswer {
  if (answer?.status !== 200) unmet(`the status is ${answer?.status}, not 200${said(answer)}`);
}

/** An error status, and a body that says why: {"error": text}. @throws Unmet */
export function refused(
  answer: HttpAnswer | undefined,
  by: (status: number) => boolean = (status) => status >= 400,
): void {
  if (!answer || answer.status < 400) unmet(`the status is ${answer?.status}: it was taken for right${said(answer)}`);
  if (!by(answer.status)) unmet(`the status is ${answer.status}${said(answer)}`);
  const { error } = object(answer);
  if (typeof error !== "string" || error === "")
    unmet(`the status is ${answer.status}, and error is ${shown(error)}, not text`);
}

/** The JSON object that a body is. @throws Unmet */
export function object(answer: HttpAnswer): Record<string, unknown> {
  const value = parsed(answer.body);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    unmet(`the body is ${shown(value)}, not an object`);
  return value as Record<string, unknown>;
}

/** @throws Unmet */
export function list(answer: HttpAnswer): readonly Record<string, unknown>[] {
  const value = parsed(answer.body);
  if (!Array.isArray(value)) unmet(`the body is ${shown(value)}, not a list`);
  return value as Record<string, unknown>[];
}

/** @throws Unmet naming the field */
export function hasText(fields: Record<string, unknown>, name: string, where = ""): string {
  const value = fields[name];
  if (typeof value !== "string") unmet(`${where}${name} is ${shown(value)}, not text`);
  return value;
}

/** @throws Unmet naming the field */
export function hasCount(fields: Record<string, unknown>, name: string, where = ""): number {
  const value = fields[name];
  const count = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof count !== "number" || !(count >= 0)) unmet(`${where}${name} is ${shown(value)}, not a number >= 0`);
  return count;
}

/** @throws Unmet naming the field */
export function hasList(fields: Record<string, unknown>, name: string, where = ""): readonly unknown[] {
  const value = fields[name];
  if (!Array.isArray(value)) unmet(`${where}${name} is ${shown(value)}, not a list`);
  return value;
}

/**
 * An inference answer that is whole, and what the model's metadata promise. It may be binary.
 * @throws Unmet naming the field
 */
export function inferred(answer: HttpAnswer | undefined, model: TestedModel): IncomingResponse {
  succeeded(answer);
  const header = answer.headers[HEADER_LENGTH];
  const response = read(() => {
    const { json, binary } = splitBody(answer.body, header as string | undefined);
    return readInferResponse(parseJson(json, { ...jsonLimits, maxItems: Infinity }), binary);
  });
  for (const { name, datatype, shape } of response.outputs) {
    const port = model.outputs.find((one) => one.name === name);
    if (!port) unmet(`there is an output "${name}", which the metadata do not name`);
    if (port.datatype !== datatype) unmet(`output "${name}" is ${datatype}, and by the metadata ${port.datatype}`);
    const fits = port.shape.length === shape.length && port.shape.every((dim, at) => dim < 0 || dim === shape[at]);
    if (!fits) unmet(`output "${name}" is [${shape}], and by the metadata [${port.shape}]`);
  }
  return response;
}

/** @throws Unmet where an output is missing, or is there although it was not asked for */
export function hasOutputs({ outputs }: IncomingResponse, names: readonly string[]): void {
  const got = outputs.map(({ name }) => name);
  const missing = names.filter((name) => !got.includes(name));
  if (missing.length > 0) unmet(`the outputs are ${got.join(", ") || "none"}: ${missing.join(", ")} is missing`);
  const more = got.filter((name) => !names.includes(name));
  if (more.length > 0) unmet(`the outputs are ${got.join(", ")}: nobody asked for ${more.join(", ")}`);
}

function read<T>(reading: () => T): T {
  try {
    return reading();
  } catch (error) {
    return unmet(isHoldfastError(error) ? error.message : `the answer cannot be read: ${(error as Error).message}`);
  }
}

function parsed(body: Uint8Array): unknown {
  if (body.length === 0) unmet("the body is empty, not JSON");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return unmet(`the body is no JSON: ${JSON.stringify(excerpt(body))}`);
  }
}

function said(answer: HttpAnswer | undefined): string {
  return answer && answer.body.length > 0 ? ` (${excerpt(answer.body)})` : "";
}

function excerpt(body: Uint8Array): string {
  const text = new TextDecoder().decode(body.subarray(0, 200)).replace(/[\p{Cc}\s]+/gu, " ");
  return body.length > 200 ? `${text}…` : text;
}
