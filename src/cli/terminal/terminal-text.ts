/** Two columns wide in every terminal: East Asian wide and fullwidth, and what is drawn as an emoji. */
const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;

const characters = new Intl.Segmenter("en", { granularity: "grapheme" });

/** How many columns of a terminal a text without control characters takes. */
export function columnsOf(text: string): number {
  // Nearly every line is plain, and need not be taken apart.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of characters.segment(text)) columns += wide.test(segment) ? 2 : 1;
  return columns;
}

/** At most so many columns of a text; what is cut off shows as "…". */
export function shortened(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = "";
  let left = columns - 1;
  if (left < 0) return "";
  for (const { segment } of characters.segment(text)) {
    left -= columnsOf(segment);
    if (left < 0) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Spaces up to a column. */
export function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}

/** A text from elsewhere without what would move the cursor of whoever reads it: control and format characters. */
export function harmless(text: string): string {
  // The zero-width joiner holds emoji together.
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => (character === "\u200d" ? character : "\ufffd"));
}

/** A text from elsewhere in one line: names and reasons may hold line ends. */
export function oneLine(text: string): string {
  return harmless(text.replace(/\s+/g, " ").trim());
}
