import type { Parameters, V2Tensor } from "../../protocol/v2/infer-request.js";
import { HEADER_LENGTH } from "../../protocol/v2/split-body.js";
import { writeInferRequest } from "../../protocol/v2/write-request.js";
import type { HttpRequest } from "./http-exchange.js";
import type { TestedModel } from "./subject.js";

/** How an inference request differs from the plainest one. */
export interface InferShape {
  readonly inputs?: readonly V2Tensor[];
  /** Which inputs go behind the JSON. Default none. */
  readonly binary?: boolean | ((name: string) => boolean);
  readonly id?: string;
  readonly parameters?: Parameters;
  readonly outputs?: readonly { readonly name: string; readonly parameters?: Parameters }[];
  readonly version?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
}

export const get = (path: string): HttpRequest => ({ method: "GET", path });

export function post(path: string, json: unknown): HttpRequest {
  return raw(path, typeof json === "string" ? json : JSON.stringify(json));
}

/** Text that is to be taken for JSON, whatever it is. */
export function raw(path: string, text: string): HttpRequest {
  const body = new TextEncoder().encode(text);
  return { method: "POST", path, headers: { "content-type": "application/json" }, body };
}

/** `v2/models/digits/versions/1` and what is below it. */
export function modelPath(model: { readonly name: string }, below = "", version?: string): string {
  const at = version === undefined ? "" : `/versions/${encodeURIComponent(version)}`;
  return `v2/models/${encodeURIComponent(model.name)}${at}${below}`;
}

/** An inference with the inputs that the model is known to take. */
export function infer(model: TestedModel, shape: InferShape = {}): HttpRequest {
  const { inputs = model.sample ?? [], binary = false, id, parameters, outputs } = shape;
  const apart = typeof binary === "function" ? binary : () => binary;
  const { parts, headerBytes } = writeInferRequest({
    id,
    ...(parameters ? { parameters } : {}),
    inputs: inputs.map((tensor) => ({ ...tensor, binary: apart(tensor.name) })),
    outputs,
  });
  return {
    method: "POST",
    path: `${modelPath(model, "/infer", shape.version)}${shape.query ?? ""}`,
    headers: {
      "content-type": headerBytes === undefined ? "application/json" : "application/octet-stream",
      ...(headerBytes === undefined ? {} : { [HEADER_LENGTH]: String(headerBytes) }),
      ...shape.headers,
    },
    body: Buffer.concat(parts),
  };
}

/** The plainest request of a model as an object, to be made wrong. */
export function plainJson(model: TestedModel): { inputs: Record<string, unknown>[]; [field: string]: unknown } {
  const { body } = infer(model);
  return JSON.parse(new TextDecoder().decode(body)) as { inputs: Record<string, unknown>[] };
}
