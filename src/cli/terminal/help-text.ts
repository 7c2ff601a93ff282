import { terminal } from "./terminal.js";
import { wrapped } from "./wrapped.js";

/** From here on a line of a help was broken because it was full; a shorter one ends where it was meant to. */
const FULL = 100;

/**
 * A help for a terminal of so many columns: what is too long is wrapped, options under their descriptions. Examples stay in one
 * line, to be copied.
 * @param columns default: the terminal's, 80 where there is none
 */
export function helpText(help: string, columns: number = terminal().width): string {
  return paragraphs(help.split("\n"))
    .flatMap((lines) => (lines.some((line) => line.length > columns) ? fitted(lines, columns) : lines))
    .join("\n");
}

/** Each a text, or an option with its description: lines that were one before they were broken. */
function paragraphs(lines: readonly string[]): string[][] {
  const found: string[][] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last && goesOn(last, line)) last.push(line);
    else found.push([line]);
  }
  return found;
}

function goesOn(paragraph: readonly string[], line: string): boolean {
  const [word = ""] = line.trimStart().split(" ");
  const full = paragraph.at(-1)!.length + 1 + word.length > FULL;
  return word !== "" && full && indentOf(line) === hangOf(paragraph[0]!);
}

function fitted(lines: readonly string[], columns: number): string[] {
  const [first] = lines as [string];
  const hang = hangOf(first);
  if (hang === indentOf(first) && hang > 0) return [...lines];
  const text = [first.slice(hang), ...lines.slice(1).map((line) => line.trimStart())].join(" ");
  return wrapped(text, Math.max(20, columns - hang)).map(
    (line, index) => `${index === 0 ? first.slice(0, hang) : " ".repeat(hang)}${line}`,
  );
}

/** Where the description of an option begins; of other lines where they begin themselves. */
function hangOf(line: string): number {
  return /^ +\S.*? {2,}(?=\S)/.exec(line)?.[0].length ?? indentOf(line);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
