import type { Clock } from "../../clock.js";
import { treeSummary } from "../../observe/tree-rows.js";
import type { TreeNode } from "../../system/tree.js";
import type { Paint } from "../terminal/paint.js";
import { oneLine } from "../terminal/terminal-text.js";
import { Ties } from "../terminal/ties.js";
import { TreeChanges } from "./tree-changes.js";
import { treeLines } from "./tree-lines.js";

/** Where a watched tree is shown. */
export interface TreeDisplay {
  /** Undefined: there is nothing at the path now. */
  show(branch: TreeNode | undefined): void;
  /** The connection is gone; another one is being tried. */
  lost(reason: string): void;
  /** The terminal has another size. */
  resized?(): void;
  /** Nothing comes any more: leaves the terminal as it was found. */
  end(): void;
}

export interface Terminal {
  readonly width: number;
  readonly rows: number;
  readonly paint: Paint;
}

export interface TreeDisplayOptions {
  readonly write: (text: string) => void;
  readonly url: string;
  /** As it is now: its size changes. */
  readonly terminal: () => Terminal;
  readonly clock: Clock;
}

export const NOT_THERE = "there is nothing at that path now";

/** "127.0.0.1:8080  3 running, 1 waiting  12:03:14" */
export function headline(url: string, branch: TreeNode | undefined, clock: Clock): string {
  const time = new Date(clock.wallTime()).toTimeString().slice(0, 8);
  const parts = [url, branch ? treeSummary(branch) : "", time].filter((part) => part !== "");
  return parts.map(oneLine).join("  ");
}

/** A line of JSON for every change. */
export class TreeJson implements TreeDisplay {
  readonly #write: (text: string) => void;
  readonly #ties: Ties;
  #last = "";

  constructor(write: (text: string) => void, tell: (text: string) => void) {
    this.#write = write;
    this.#ties = new Ties(tell);
  }

  show(branch: TreeNode | undefined): void {
    this.#ties.back();
    const text = JSON.stringify(branch ?? null);
    if (text !== this.#last) this.#write(`${text}\n`);
    this.#last = text;
  }

  lost(reason: string): void {
    this.#ties.lost(reason);
  }

  end(): void {}
}

/** A block of lines for every change that would be seen. */
export class TreePrint implements TreeDisplay {
  readonly #options: TreeDisplayOptions;
  readonly #ties: Ties;
  readonly #changes = new TreeChanges(0);
  #last = "";

  constructor(options: TreeDisplayOptions & { readonly tell: (text: string) => void }) {
    this.#options = options;
    this.#ties = new Ties(options.tell);
  }

  show(branch: TreeNode | undefined): void {
    this.#ties.back();
    const { url, terminal, clock, write } = this.#options;
    const { width, paint } = terminal();
    // Without the marks: that they are gone is no change.
    const plain = branch ? treeLines(branch, { width }).join("\n") : NOT_THERE;
    if (plain === this.#last) return;
    this.#last = plain;
    const changes = branch && this.#changes.next(branch, clock.now());
    const lines = branch ? treeLines(branch, { width, paint, changes: changes! }) : [NOT_THERE];
    write(`${[headline(url, branch, clock), ...lines].join("\n")}\n\n`);
  }

  lost(reason: string): void {
    this.#changes.forget();
    this.#ties.lost(reason);
  }

  end(): void {}
}
