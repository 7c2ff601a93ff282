/** Of one line: how many values its fields may have, how deep, and how long a text may be. */
const MOST_VALUES = 100;
const DEEPEST = 4;
export const LONGEST_TEXT = 2000;

/** A value as every logger can write it. */
export type Plain = string | number | boolean | null | Plain[] | { [name: string]: Plain };

/**
 * The fields of a line as plain data, cut to a bound: whatever they are, this returns. Arrays of numbers become their kind and
 * size: what a model was sent is not written by accident.
 */
export function plainFields(fields: object): { [name: string]: Plain } {
  const budget = { left: MOST_VALUES };
  try {
    const plain = fields instanceof Error ? { err: errorOf(fields, budget) } : plainOf(fields, 0, budget);
    return typeof plain === "object" && plain !== null && !Array.isArray(plain) ? plain : { value: plain };
  } catch {
    return { unreadable: "its fields threw when they were read" };
  }
}

/** A text cut to its bound. */
export function cutText(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}… (${text.length} characters)` : text;
}

function plainOf(value: unknown, depth: number, budget: { left: number }): Plain {
  if (--budget.left < 0) return "…";
  switch (typeof value) {
    case "string":
      return cutText(value);
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "boolean":
      return value;
    case "undefined":
      return null;
    case "bigint":
      return `${value}n`;
    case "object":
      return value === null ? null : objectOf(value, depth, budget);
    default:
      return `[${typeof value}]`;
  }
}

function objectOf(value: object, depth: number, budget: { left: number }): Plain {
  if (ArrayBuffer.isView(value)) return `[${kindOf(value)}, ${value.byteLength} bytes]`;
  if (value instanceof Error) return errorOf(value, budget);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof Map || value instanceof Set) return `[${kindOf(value)}, ${value.size}]`;
  if (value instanceof URL) return cutText(value.href);
  if (depth >= DEEPEST) return "…";
  if (Array.isArray(value)) {
    // Holes too.
    const shown = Array.from(value.slice(0, Math.max(0, budget.left)), (one) => plainOf(one, depth + 1, budget));
    return shown.length < value.length ? [...shown, `… ${value.length - shown.length} more`] : shown;
  }
  const plain: { [name: string]: Plain } = {};
  for (const name of Object.keys(value)) {
    if (budget.left <= 0) {
      plain["…"] = "more";
      break;
    }
    if (name !== "__proto__") plain[cutText(name)] = read(value, name, depth, budget);
  }
  return plain;
}

function read(value: object, name: string, depth: number, budget: { left: number }): Plain {
  try {
    return plainOf((value as Record<string, unknown>)[name], depth + 1, budget);
  } catch {
    return "(its getter threw)";
  }
}

/** By the names that pino's own serializer gives. */
function errorOf(error: Error, budget: { left: number }): { [name: string]: Plain } {
  const { code } = error as { code?: unknown };
  return {
    type: cutText(String(error.name)),
    message: cutText(String(error.message)),
    stack: cutText(String(error.stack)),
    ...(code === undefined ? {} : { code: plainOf(code, DEEPEST, budget) }),
  };
}

function kindOf(value: object): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}
