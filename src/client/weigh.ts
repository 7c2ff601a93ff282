/** Roughly how many bytes plain wire values hold; for bounds, not for bills. */
export function weigh(value: unknown): number {
  if (typeof value === "string") return 8 + value.length;
  if (typeof value !== "object" || value === null) return 8;
  if (ArrayBuffer.isView(value)) return 16 + value.byteLength;
  let bytes = 16;
  for (const [key, element] of Object.entries(value)) bytes += key.length + weigh(element);
  return bytes;
}
