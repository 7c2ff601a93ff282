import { badFrame, FrameBudget, type FrameLimits } from "./limits.js";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_LIST = 0x5d;
const CLOSE_OBJECT = 0x7d;
const COMMA = 0x2c;
const COLON = 0x3a;

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
    switch (letter) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        depth += 1;
        budget.enter(depth);
        budget.spend(1);
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth -= 1;
        break;
      case COMMA:
      case COLON:
        budget.spend(1);
        break;
    }
  }
}

/** Where the string that begins at `from` ends. Jumps from quote to quote: base64 data is most of a large frame. */
export function endOfString(text: string, from: number): number {
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
