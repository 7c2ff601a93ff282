import { elementsToBytes } from "./elements.js";
import { elementsText } from "./elements-text.js";
import type { Parameters, V2Tensor } from "./infer-request.js";

/** An answer before it is written. */
export interface InferResponse {
  readonly model: string;
  readonly version: string;
  readonly id: string | undefined;
  readonly parameters?: Parameters;
  readonly outputs: readonly (V2Tensor & { readonly binary: boolean })[];
}

/** A body ready to be sent. */
export interface WrittenBody {
  /** The JSON part, then the binary data of the outputs that have some, in their order. */
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
  /** For the header Inference-Header-Content-Length; undefined where the body is JSON alone. */
  readonly headerBytes: number | undefined;
}

/** An answer as V2 writes it: outputs that are binary follow the JSON part; the others are flat lists within it. */
export function writeInferResponse({ model, version, id, parameters, outputs }: InferResponse): WrittenBody {
  const binary: Uint8Array[] = [];
  const written = outputs.map(({ name, datatype, shape, data, binary: apart }) => {
    const head = { name, datatype, shape };
    if (!apart) return withField(head, "data", elementsText(datatype, data));
    const bytes = elementsToBytes(datatype, data);
    binary.push(bytes);
    return JSON.stringify({ ...head, parameters: { binary_data_size: bytes.length } });
  });
  const answer = {
    model_name: model,
    model_version: version,
    ...(id === undefined ? {} : { id }),
    ...(parameters === undefined ? {} : { parameters }),
  };
  const json = new TextEncoder().encode(withField(answer, "outputs", `[${written.join(",")}]`));
  const parts = [json, ...binary];
  const bytes = parts.reduce((sum, { length }) => sum + length, 0);
  return { parts, bytes, headerBytes: binary.length > 0 ? json.length : undefined };
}

/** The text of an object with one more field, whose text is made already. */
export function withField(object: object, name: string, text: string): string {
  const head = JSON.stringify(object).slice(0, -1);
  return `${head}${head === "{" ? "" : ","}"${name}":${text}}`;
}
