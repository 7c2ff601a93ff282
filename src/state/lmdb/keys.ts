import type { PieceKey } from "./plan.js";

/*
 * What is under which key:
 *
 *   ["format"]              the number of this form
 *   ["id", 7]               the id of entity 7, as JSON: an id may be longer than a key can be, and hold any character
 *   [7, "b" | "t", seq]     a base or a piece of the tail
 */
export const FORMAT_KEY = ["format"];
export const FORMAT = 1;

/** Written where the store looks whether the disk takes again. */
export const PROBE_KEY = ["probe"];

export const idKey = (entity: number) => ["id", entity];

export type StoredKey =
  | { readonly of: "form" }
  | { readonly of: "id"; readonly entity: number }
  | { readonly of: "piece"; readonly piece: PieceKey };

/** What a key found in the file is of; undefined for none of ours. */
export function keyRead(key: unknown): StoredKey | undefined {
  if (!Array.isArray(key)) return key === FORMAT_KEY[0] || key === PROBE_KEY[0] ? { of: "form" } : undefined;
  const [first, second, seq] = key;
  if (first === FORMAT_KEY[0] || first === PROBE_KEY[0]) return { of: "form" };
  if (first === "id" && Number.isSafeInteger(second)) return { of: "id", entity: second };
  if (!Number.isSafeInteger(first) || (second !== "b" && second !== "t") || !Number.isSafeInteger(seq))
    return undefined;
  return { of: "piece", piece: [first, second, seq] };
}
