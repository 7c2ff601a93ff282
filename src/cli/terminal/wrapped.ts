import { columnsOf, oneLine, shortened } from "./terminal-text.js";

/** A text from elsewhere in lines of at most so many columns, broken between words where that can be. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of oneLine(text).split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (columnsOf(longer) <= columns) line = longer;
    else {
      if (line !== "") lines.push(line);
      // A word that fits no line: its beginning says enough.
      line = shortened(word, columns);
    }
  }
  return line === "" && lines.length > 0 ? lines : [...lines, line];
}
