import type { InferBody } from "./infer.js";

/** A body compressed by what browsers and Node both have. Its JSON part counts as it was before. */
export async function compressed({ headers, body }: InferBody): Promise<InferBody> {
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return { headers: { ...headers, "content-encoding": "gzip" }, body: bytes };
}
