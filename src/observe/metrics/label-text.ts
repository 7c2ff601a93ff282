import { createHash } from "node:crypto";

/** Characters of one label: a path in a deep tree fits, a name made to fill a disk does not. */
const LONGEST = 200;

/**
 * A name as the value of a label. What would not be seen (control characters, marks that turn the direction of text, halves of
 * surrogate pairs) is written out, so that two names that differ never look alike, nor write to a terminal:
 *
 *   "digits" ─▶ "digits"      "a\nb" ─▶ "a\u{a}b"      "a\b" ─▶ "a\\b"
 *
 * Quotes and backslashes are escaped once more, by whoever writes the line.
 */
export function labelText(name: string): string {
  const seen = name.replace(/[\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (one) =>
    one === "\\" ? "\\\\" : `\\u{${one.codePointAt(0)!.toString(16)}}`,
  );
  if (seen.length <= LONGEST) return seen;
  const digest = createHash("sha256").update(seen).digest("hex").slice(0, 16);
  // Not between the two halves of a character.
  return `${seen.slice(0, LONGEST - 20).replace(/[\ud800-\udbff]$/, "")}~${digest}`;
}
