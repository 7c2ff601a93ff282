import type { Timer } from "../../clock.js";
import type { TreeNode } from "../../system/tree.js";
import { oneLine, shortened } from "../terminal/terminal-text.js";
import { TreeChanges } from "./tree-changes.js";
import { headline, NOT_THERE, type TreeDisplay, type TreeDisplayOptions } from "./tree-display.js";
import { treeLines } from "./tree-lines.js";

/** So long a mark of a change stays, for an eye to find it. */
const HOLD_MS = 5000;
/** Frames are at least so far apart: a busy server changes more often than anybody can see. */
const FRAME_MS = 100;

const cursor = { hide: "\x1b[?25l", show: "\x1b[?25h", home: "\x1b[H" } as const;
const clear = { screen: "\x1b[2J", lineEnd: "\x1b[K", below: "\x1b[J" } as const;

/** The tree in place on a terminal: each frame is written over the one before, so nothing flickers. */
export class TreeScreen implements TreeDisplay {
  readonly #options: TreeDisplayOptions;
  readonly #changes = new TreeChanges(HOLD_MS);
  #branch: TreeNode | undefined;
  #lost: string | undefined;
  #timer: Timer | undefined;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #started = false;

  constructor(options: TreeDisplayOptions) {
    this.#options = options;
  }

  show(branch: TreeNode | undefined): void {
    this.#branch = branch;
    this.#lost = undefined;
    this.#soon();
  }

  lost(reason: string): void {
    this.#lost = oneLine(reason);
    this.#changes.forget();
    this.#soon();
  }

  resized(): void {
    this.#soon();
  }

  end(): void {
    this.#timer?.cancel();
    if (this.#started) this.#options.write(`${cursor.show}\n`);
    this.#started = false;
  }

  #soon(): void {
    const { clock } = this.#options;
    const waitMs = this.#drawnAt + FRAME_MS - clock.now();
    if (waitMs <= 0) this.#draw();
    else this.#later(waitMs);
  }

  #later(ms: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(ms, () => this.#draw(), { background: true });
  }

  #draw(): void {
    const { clock, write } = this.#options;
    this.#timer?.cancel();
    this.#drawnAt = clock.now();
    const begin = this.#started ? cursor.home : cursor.hide + clear.screen + cursor.home;
    this.#started = true;
    // One write: half a frame is never seen. No line end after the last: it would scroll a full screen.
    write(begin + this.#lines().join(`${clear.lineEnd}\n`) + clear.lineEnd + clear.below);
    const { until } = this.#changes;
    if (until !== undefined) this.#later(until - clock.now());
  }

  #lines(): string[] {
    const { terminal, url, clock } = this.#options;
    const { width, rows, paint } = terminal();
    const branch = this.#branch;
    const changes = branch && this.#lost === undefined ? this.#changes.next(branch, clock.now()) : undefined;
    const tree = branch ? treeLines(branch, { width, paint, ...(changes && { changes }) }) : [NOT_THERE];
    const head = [paint(shortened(headline(url, branch, clock), width), "bold")];
    if (this.#lost !== undefined) {
      head.push(paint(shortened(`connection lost, retrying: ${this.#lost}`, width), "red", "bold"));
    }
    const room = Math.max(1, rows - head.length);
    if (tree.length <= room) return [...head, ...tree];
    const kept = tree.slice(0, room - 1);
    const more = `… ${tree.length - kept.length} more lines: a taller terminal or --path shows them`;
    return [...head, ...kept, paint(shortened(more, width), "dim")];
  }
}
