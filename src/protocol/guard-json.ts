import { badFrame, FrameBudget, type FrameLimits } from "./limits.js";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = new Set([0x5b, 0x7b]);
const CLOSE = new Set([0x5d, 0x7d]);
const SEPARATOR = new Set([0x2c, 0x3a]);

/**
 * The same limits for the JSON twin: counts values and levels in the text before JSON.parse builds them. Whether the
 * text is JSON at all is left to the parser.
 * @throws HoldfastError BadFrame
 */
export function guardJson(text: string, limits: FrameLimits): void {
  const budget = new FrameBudget(limits);
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const letter = text.charCodeAt(at);
    if (letter === QUOTE) {
      at = endOfString(text, at);
    } else if (OPEN.has(letter)) {
      depth += 1;
      budget.enter(depth);
      budget.spend(1);
    } else if (CLOSE.has(letter)) {
      depth -= 1;
    } else if (SEPARATOR.has(letter)) {
      budget.spend(1);
    }
  }
}

/** Where the string that begins at `from` ends. Jumps from quote to quote: base64 data is most of a large frame. */
function endOfString(text: string, from: number): number {
  let at = from;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at < 0) throw badFrame("a string in the frame does not end");
    let escapes = 0;
    while (text.charCodeAt(at - 1 - escapes) === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return at;
  }
}

/** Refuses `__proto__` as a key, which JSON.parse makes an own property that a later copy would turn into a prototype. */
export function refuseProto(key: string, value: unknown): unknown {
  if (key === "__proto__") throw badFrame('an object has the key "__proto__": rename it');
  return value;
}
