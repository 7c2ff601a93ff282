/** Larger values are looked at by `toWire` and `fromWire` alone: to look twice at what is long costs more than it saves. */
const MOST_ITEMS = 256;
const MOST_DEPTH = 8;

let items = 0;
let bytes = 0;

/**
 * The size of a small value that is the same in a decoded msgpack frame and in an actor's hands: plain data, of which `toWire`
 * and `fromWire` make the same. What has a form of its own on the wire (undefined, bigints, bytes, tensors), cannot be
 * sent, or is long, is none.
 * @returns bytes as a mailbox counts them; -1 where it is none
 */
export function plainWireBytes(value: unknown): number {
  items = 0;
  bytes = 0;
  return plain(value, 0) ? bytes : -1;
}

function plain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case "string":
      bytes += 16 + value.length * 2;
      return true;
    case "number":
    case "boolean":
      bytes += 8;
      return true;
    case "object":
      if (value === null) return true;
      return depth < MOST_DEPTH && (Array.isArray(value) ? list(value, depth) : map(value, depth));
    default:
      return false;
  }
}

function list(values: readonly unknown[], depth: number): boolean {
  items += values.length;
  bytes += 16;
  if (items > MOST_ITEMS) return false;
  for (let i = 0; i < values.length; i++) if (!plain(values[i], depth + 1)) return false;
  return true;
}

function map(value: object, depth: number): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  bytes += 16;
  for (const key in value) {
    items += 1;
    bytes += 8 + key.length * 2;
    // Tensors have a dtype; names that begin with 0 are the runtime's own.
    if (items > MOST_ITEMS || key === "__proto__" || key === "dtype" || key.charCodeAt(0) === 0) return false;
    if (!plain((value as Record<string, unknown>)[key], depth + 1)) return false;
  }
  return true;
}
