import { development } from "../development.js";
import { lentTensors } from "../transport/values.js";
import type { Surroundings } from "./surroundings.js";

/** Places looked at in each tensor, evenly spread: enough to see one being worked on, in a microsecond or two. */
const LOOKS = 64;

/** Methods that have been told of: once is enough. */
const told = new Set<string>();

/**
 * In development, sees that a handler has written into tensors it was lent and does not say so. It looks at 64 places
 * of each, evenly spread, so a small change may escape it.
 * @param value packed arguments, with something wrapped in them
 * @returns called when the handler has ended; undefined where there is nothing to see
 */
export function watchLent(
  value: unknown,
  { actorClass, facts }: Surroundings,
  method: string,
): (() => void) | undefined {
  const name = `${actorClass.name}.${method}()`;
  if (!development || facts.methods[method]?.mutates || told.has(name)) return undefined;
  const lent = lentTensors(value);
  if (lent.length === 0) return undefined;
  const before = lent.map(looksOf);
  return () => {
    if (lent.every((array, i) => looksOf(array) === before[i]) || told.has(name)) return;
    told.add(name);
    process.emitWarning(
      `${name} wrote into a tensor that it was lent, or its sender did while it ran: the next to read it reads something else. ` +
        "Declare static methods = { ...: { mutates: true } } if that is meant, or write into a copy",
      { code: "HOLDFAST_TENSOR_CHANGED" },
    );
  };
}

function looksOf(array: ArrayBufferView): number {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  const step = Math.max(1, bytes.length / (4 * LOOKS));
  let hash = 0;
  // Eight neighbours each, so that every byte of an element counts.
  for (let at = 0; at < bytes.length; at += 4 * step) {
    const from = Math.floor(at / 8) * 8;
    for (let i = from; i < from + 8; i++) hash = (Math.imul(hash, 31) + (bytes[i] ?? 0)) | 0;
  }
  return hash;
}
