import { types } from "node:util";

const builtIn = new Set(["Error", "RangeError", "TypeError", "SyntaxError", "HoldfastError"]);

/**
 * A value as docs/values.md lets it arrive, in a form that can be compared: what stays behind is left out, and what
 * `deepStrictEqual` cannot tell apart, or tells apart though the table does not, is spelled out.
 */
export function asArrived(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return { date: String(value.getTime()) };
  if (types.isNativeError(value)) return errorAsArrived(value as Error & { code?: unknown });
  if (value instanceof ArrayBuffer) return { buffer: Buffer.from(value).toString("latin1") };
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("latin1");
    return { view: Buffer.isBuffer(value) ? "Uint8Array" : value.constructor.name, bytes };
  }
  // `map` keeps the holes.
  if (Array.isArray(value)) return value.map(asArrived);
  if (value instanceof Map) return { map: [...value].map(([key, item]) => [asArrived(key), asArrived(item)]) };
  if (value instanceof Set) return { set: [...value].map(asArrived) };
  if (isRef(value)) return { ref: value.path };
  return { record: Object.entries(value).map(([name, item]) => [name, asArrived(item)]) };
}

function errorAsArrived(error: Error): unknown {
  const { name, message, stack, cause, ...fields } = error as Error & Record<string, unknown>;
  const own = error.constructor.name;
  return {
    error: builtIn.has(own) ? own : "Error",
    ...{ name: error.name, message: error.message, stack: error.stack },
    cause: asArrived(error.cause),
    fields: asArrived(fields),
  };
}

function isRef(value: object): value is { path: string } {
  return "ask" in value && "tell" in value && "path" in value && typeof value.path === "string";
}
