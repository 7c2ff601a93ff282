/*
 * A function made for one shape of objects: with its keys in its text it makes an object as a literal does, where going
 * through a list of keys adds each of them (a third of the time). The text holds nothing but keys, quoted. `__proto__`,
 * which means something else in a literal, never comes by a ring.
 */

/** Objects of a shape until its function is made, which costs as much as some hundred of them. */
export const OFTEN = 200;

/** Makes one object; its values are read in the order of its keys. */
export type MakeRecord = (from: { value(): unknown }) => object;

/** @returns undefined in a program that allows no code made from text */
export function recordMaker(keys: readonly string[]): MakeRecord | undefined {
  const text = `return { ${keys.map((key) => `${JSON.stringify(key)}: from.value()`).join(", ")} };`;
  try {
    return new Function("from", text) as MakeRecord;
  } catch {
    return undefined;
  }
}
