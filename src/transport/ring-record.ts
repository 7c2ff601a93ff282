/*
 * Functions made for one shape of objects: with its keys in their text they make and read an object as a literal and a
 * property do, where going through a list of keys looks each of them up (a third of the time). The text holds nothing but
 * keys, quoted. `__proto__`, which means something else in a literal, never comes by a ring.
 */

/** Objects of a shape until its function is made, which costs as much as some hundred of them. */
export const OFTEN = 200;

/** Makes one object; its values are read in the order of its keys. */
export type MakeRecord = (from: { value(): unknown }) => object;

/** Writes the values of one object in the order of its keys. */
export type WriteRecord = (
  to: { value(value: unknown, depth: number): void },
  record: Record<string, unknown>,
  depth: number,
) => void;

/** @returns undefined in a program that allows no code made from text */
export function recordMaker(keys: readonly string[]): MakeRecord | undefined {
  return made<MakeRecord>(
    "from",
    `return { ${keys.map((key) => `${JSON.stringify(key)}: from.value()`).join(", ")} };`,
  );
}

/** @returns undefined in a program that allows no code made from text */
export function recordWriter(keys: readonly string[]): WriteRecord | undefined {
  return made<WriteRecord>(
    "to, record, depth",
    keys.map((key) => `to.value(record[${JSON.stringify(key)}], depth);`).join("\n"),
  );
}

function made<Made>(parameters: string, text: string): Made | undefined {
  try {
    return new Function(parameters, text) as Made;
  } catch {
    return undefined;
  }
}
