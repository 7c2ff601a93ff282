/** Characters of one text of an event that are kept. */
const LONGEST_TEXT = 1000;
/** Elements of one list. */
const LONGEST_LIST = 100;
/** Fields of a death report that are not kept with its event: they are large, or may reveal arguments. */
const left = new Set(["args", "flight", "record", "__proto__"]);

/** An event as it is kept, and about how many bytes it holds. */
export interface Trimmed {
  readonly value: unknown;
  readonly bytes: number;
}

/** A copy of an event that can be kept for an hour: plain data, without payloads, of bounded size. Errors become `{ name, message, code? }`. */
export function trimmed(event: object): Trimmed {
  const size = { bytes: 0 };
  return { value: copied(event, size), bytes: size.bytes };
}

function copied(value: unknown, size: { bytes: number }): unknown {
  size.bytes += 16;
  if (typeof value === "string") {
    const text = value.slice(0, LONGEST_TEXT);
    size.bytes += 2 * text.length;
    return text;
  }
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.slice(0, LONGEST_LIST).map((element) => copied(element, size));
  const copy: Record<string, unknown> = {};
  const fields = value instanceof Error ? ["name", "message", "code"] : Object.keys(value);
  for (const field of fields) {
    const element = left.has(field) ? undefined : (value as Record<string, unknown>)[field];
    if (element !== undefined) copy[field] = copied(element, size);
  }
  return copy;
}
