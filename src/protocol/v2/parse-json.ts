import { HoldfastError, isHoldfastError } from "../../errors.js";
import { endOfString, guardJson } from "../guard-json.js";
import type { FrameLimits } from "../limits.js";

/**
 * What the JSON part of a body may cost. Nested lists are allowed as deep as other servers allow them; the values are those
 * of half a 16 MiB body of short numbers, which is where binary data are the better form anyway.
 */
export const jsonLimits: FrameLimits = { maxDepth: 100, maxItems: 4_000_000 };

/**
 * The JSON part of a body. Whole numbers of sixteen digits and more become their text, with every digit: JSON.parse would
 * round those beyond 2^53 in silence.
 * @throws HoldfastError InvalidValue for what is no UTF-8, no JSON, too deep or of too many values; never quoting it
 */
export function parseJson(bytes: Uint8Array, limits: FrameLimits = jsonLimits): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw invalid("is no UTF-8");
  }
  if (text.trim() === "") throw invalid("is empty");
  try {
    guardJson(text, limits);
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    throw invalid(
      error.message.replace(/^the frame /, "").replace("a string in the frame does", "has a string that does"),
    );
  }
  try {
    return JSON.parse(withWideAsText(text));
  } catch (error) {
    // The parser's own words quote what it read.
    const place = /at position (\d+)/.exec((error as Error).message)?.[1];
    throw invalid(`is no JSON${place === undefined ? "" : `: look at character ${place}`}`);
  }
}

/** What begins like a whole number that a double may not hold exactly; within strings too. Bounded, or it may overflow. */
const WIDE = /(?:^|[[,:\s])-?\d{16}/;
const QUOTE = 0x22;
const MINUS = 0x2d;

/** Walks the text by hand: a pattern that skips strings overflows the stack on a long one with escapes. */
function withWideAsText(text: string): string {
  if (!WIDE.test(text)) return text;
  const pieces: string[] = [];
  let kept = 0;
  for (let at = 0; at < text.length; at++) {
    const letter = text.charCodeAt(at);
    if (letter === QUOTE) {
      at = endOfString(text, at);
    } else if (letter === MINUS || isDigit(letter)) {
      const from = at;
      let digits = 0;
      let whole = true;
      for (; at < text.length && !isOver(text.charCodeAt(at)); at++) {
        if (isDigit(text.charCodeAt(at))) digits += 1;
        else if (at > from || letter !== MINUS) whole = false;
      }
      if (whole && digits >= 16) {
        pieces.push(text.slice(kept, from), `"${text.slice(from, at)}"`);
        kept = at;
      }
      at -= 1;
    }
  }
  return pieces.join("") + text.slice(kept);
}

function isDigit(letter: number): boolean {
  return letter >= 0x30 && letter <= 0x39;
}

/** A number ends at a comma, a bracket, a brace or white space. */
function isOver(letter: number): boolean {
  return letter === 0x2c || letter === 0x5d || letter === 0x7d || letter <= 0x20;
}

function invalid(problem: string): HoldfastError {
  return new HoldfastError("InvalidValue", `the JSON part of the body ${problem}`, { details: { path: "body" } });
}
