import { HoldfastError } from "../../errors.js";

/** The name of the header that says how long the JSON part of a body is. */
export const HEADER_LENGTH = "inference-header-content-length";

/**
 * The JSON part of a body and the binary data after it.
 * @param header of Inference-Header-Content-Length; undefined where the body is JSON alone
 * @throws HoldfastError InvalidValue for a length that is none, or past the end
 */
export function splitBody(body: Uint8Array, header: string | undefined): { json: Uint8Array; binary: Uint8Array } {
  if (header === undefined) return { json: body, binary: body.subarray(body.length) };
  const length = /^\d{1,15}$/.test(header) ? Number(header) : undefined;
  if (length === undefined || length > body.length) {
    const quoted = JSON.stringify(header.slice(0, 40));
    const fix = `give the bytes of the JSON part, of ${body.length} that came`;
    throw new HoldfastError("InvalidValue", `Inference-Header-Content-Length is ${quoted}: ${fix}`, {
      details: { header: HEADER_LENGTH },
    });
  }
  return { json: body.subarray(0, length), binary: body.subarray(length) };
}
