import { badFrame } from "./limits.js";

/** Longer texts are decoded by the platform: a call to it costs as much as some thirty letters here. */
const SHORT = 32;
/** Of texts that are remembered. A power of two. */
const PLACES = 512;

/** Strict: bytes that are no UTF-8 would come out as U+FFFD, which nobody notices. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/**
 * Text out of UTF-8. Short ones that come again and again (the names of fields, actors and methods) are remembered by their
 * bytes: one look in place of a new text, and a name that objects are made with is the very same.
 */
export class MsgpackText {
  readonly #known: (string | undefined)[] = new Array(PLACES).fill(undefined);

  /**
   * @param from within the bytes, with `length` bytes after it
   * @throws HoldfastError BadFrame for what is no UTF-8
   */
  read(bytes: Uint8Array, from: number, length: number): string {
    if (length === 0) return "";
    if (length > SHORT) return decoded(bytes, from, length);
    let hash = length;
    for (let i = from; i < from + length; i++) {
      const code = bytes[i]!;
      if (code >= 0x80) return decoded(bytes, from, length);
      hash = (hash * 31 + code) | 0;
    }
    const place = hash & (PLACES - 1);
    const known = this.#known[place];
    if (known !== undefined && known.length === length && same(known, bytes, from)) return known;
    const text = String.fromCharCode(...bytes.subarray(from, from + length));
    this.#known[place] = text;
    return text;
  }
}

function decoded(bytes: Uint8Array, from: number, length: number): string {
  try {
    return decoder.decode(bytes.subarray(from, from + length));
  } catch {
    throw badFrame(`the text at byte ${from} is not UTF-8: send bytes as binary`);
  }
}

function same(text: string, bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[from + i]) return false;
  return true;
}
