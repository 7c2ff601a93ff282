/** Samples in chunks of equal length; the last one is filled up with silence. */
export function inChunks(samples: Float32Array, length: number): Float32Array[] {
  const chunks: Float32Array[] = [];
  for (let at = 0; at < samples.length; at += length) {
    const chunk = new Float32Array(length);
    chunk.set(samples.subarray(at, at + length));
    chunks.push(chunk);
  }
  return chunks;
}
