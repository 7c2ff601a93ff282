/** Larger values are looked at by `toWire` alone: to look twice at what is long costs more than it saves. */
const MOST_ITEMS = 256;
const MOST_DEPTH = 8;

let items = 0;

/**
 * Whether a value may be packed as it is: small plain data, of which `toWire` would make the same for msgpack. Anything that
 * has a form of its own on the wire (undefined, bigints, bytes, tensors) or cannot be sent is none.
 */
export function isPlainWire(value: unknown): boolean {
  items = 0;
  return plain(value, 0);
}

function plain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return true;
    case "object":
      return value === null || (depth < MOST_DEPTH && (Array.isArray(value) ? list(value, depth) : map(value, depth)));
    default:
      return false;
  }
}

function list(values: readonly unknown[], depth: number): boolean {
  items += values.length;
  if (items > MOST_ITEMS) return false;
  for (let i = 0; i < values.length; i++) if (!plain(values[i], depth + 1)) return false;
  return true;
}

function map(value: object, depth: number): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const key in value) {
    items += 1;
    if (items > MOST_ITEMS || key === "__proto__") return false;
    if (!plain((value as Record<string, unknown>)[key], depth + 1)) return false;
  }
  return true;
}
