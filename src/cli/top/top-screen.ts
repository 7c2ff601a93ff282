import { oneLine, shortened } from "../terminal/terminal-text.js";
import type { Terminal } from "../tree/tree-display.js";

const alternate = { enter: "\x1b[?1049h\x1b[?25l", leave: "\x1b[?25h\x1b[?1049l" } as const;
const clear = { lineEnd: "\x1b[K", below: "\x1b[J" } as const;

/** A full screen of its own: each frame is written over the one before, and what was on the terminal is back at the end. */
export class TopScreen {
  readonly #write: (text: string) => void;
  readonly #terminal: () => Terminal;
  readonly #leave = () => this.end();
  #on = false;

  constructor(write: (text: string) => void, terminal: () => Terminal) {
    this.#write = write;
    this.#terminal = terminal;
  }

  /** Shows as many lines as fit; the last one then says how many do not. */
  show(lines: readonly string[]): void {
    if (!this.#on) {
      // Also where an error ends the program.
      process.once("exit", this.#leave);
      this.#write(alternate.enter);
    }
    this.#on = true;
    const { rows, width, paint } = this.#terminal();
    const hidden = lines.length - rows;
    const shown =
      hidden <= 0
        ? lines
        : [
            ...lines.slice(0, rows - 1),
            paint(shortened(oneLine(`… ${hidden + 1} more: --filter, or a taller terminal`), width), "dim"),
          ];
    this.#write(`\x1b[H${shown.join(`${clear.lineEnd}\r\n`)}${clear.lineEnd}${clear.below}`);
  }

  end(): void {
    if (!this.#on) return;
    this.#on = false;
    process.off("exit", this.#leave);
    this.#write(alternate.leave);
  }
}
