import { StringDecoder } from "node:string_decoder";
import { LONGEST_TEXT } from "./plain-fields.js";

/**
 * What is printed, in lines. Bytes that are no text become U+FFFD; a line that has no end is cut where it is too long, and
 * what stands last without an end is given with `rest()`.
 */
export class OutputLines {
  readonly #decoder = new StringDecoder("utf8");
  readonly #line: (text: string) => void;
  #rest = "";

  constructor(line: (text: string) => void) {
    this.#line = line;
  }

  /** Something stands there without an end. */
  get partial(): boolean {
    return this.#rest !== "";
  }

  write(chunk: string | Uint8Array): void {
    const text = this.#rest + (typeof chunk === "string" ? chunk : this.#decoder.write(Buffer.from(chunk)));
    const lines = text.split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) this.#cut(line.endsWith("\r") ? line.slice(0, -1) : line);
    while (this.#rest.length > LONGEST_TEXT) {
      this.#line(this.#rest.slice(0, LONGEST_TEXT));
      this.#rest = this.#rest.slice(LONGEST_TEXT);
    }
  }

  rest(): void {
    const rest = this.#rest;
    this.#rest = "";
    if (rest !== "") this.#line(rest);
  }

  #cut(line: string): void {
    let from = 0;
    do {
      this.#line(line.slice(from, from + LONGEST_TEXT));
      from += LONGEST_TEXT;
    } while (from < line.length);
  }
}
