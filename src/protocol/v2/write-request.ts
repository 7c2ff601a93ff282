import { elementsToBytes } from "./elements.js";
import { elementsText } from "./elements-text.js";
import type { Parameters, V2Tensor } from "./infer-request.js";
import { type WrittenBody, withField } from "./infer-response.js";

/** A request before it is written. */
export interface OutgoingRequest {
  readonly id?: string | undefined;
  readonly parameters?: Parameters;
  /** Those that are `binary` go behind the JSON part, where the server knows the binary extension. */
  readonly inputs: readonly (V2Tensor & { readonly binary: boolean })[];
  /** Undefined: all outputs of the model. */
  readonly outputs?: readonly { readonly name: string; readonly parameters?: Parameters }[] | undefined;
}

/**
 * An inference request as V2 writes it: inputs that are binary follow the JSON part in their order; the others are flat lists
 * within it.
 * @returns `headerBytes` is for the header Inference-Header-Content-Length; undefined where the body is JSON alone
 * @throws HoldfastError InvalidValue: bytes that are no text, which JSON cannot hold
 */
export function writeInferRequest({ id, parameters = {}, inputs, outputs }: OutgoingRequest): WrittenBody {
  const binary: Uint8Array[] = [];
  const written = inputs.map(({ name, datatype, shape, data, binary: apart }) => {
    const head = { name, datatype, shape };
    if (!apart) return withField(head, "data", elementsText(datatype, data));
    const bytes = elementsToBytes(datatype, data);
    binary.push(bytes);
    return JSON.stringify({ ...head, parameters: { binary_data_size: bytes.length } });
  });
  const request = {
    ...(id === undefined ? {} : { id }),
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
    ...(outputs === undefined ? {} : { outputs }),
  };
  const json = new TextEncoder().encode(withField(request, "inputs", `[${written.join(",")}]`));
  const parts = [json, ...binary];
  const bytes = parts.reduce((sum, { length }) => sum + length, 0);
  return { parts, bytes, headerBytes: binary.length > 0 ? json.length : undefined };
}
