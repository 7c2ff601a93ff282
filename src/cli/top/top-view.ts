import type { News } from "../../client/client.js";
import type { TreeNode } from "../../system/tree.js";
import { oneLine, shortened } from "../terminal/terminal-text.js";
import { Ties } from "../terminal/ties.js";
import type { Terminal } from "../tree/tree-display.js";
import { topHead, topLines } from "./top-lines.js";
import { type Look, type SortKey, type TopChoice, topRows } from "./top-rows.js";
import { TopScreen } from "./top-screen.js";

export interface TopViewOptions {
  readonly url: string;
  readonly choice: TopChoice;
  /** One table, with rates, and then `shown`. */
  readonly once: boolean;
  readonly json: boolean;
  readonly terminal: () => Terminal;
  readonly shown: () => void;
}

/** What was counted last and before, as a screen, as tables one after the other, or as JSON. */
export class TopView {
  readonly #options: TopViewOptions;
  readonly #screen: TopScreen | undefined;
  readonly #ties = new Ties((text) => void process.stderr.write(text));
  #choice: TopChoice;
  #tree: TreeNode | undefined;
  #before: Look | undefined;
  #now: Look | undefined;
  #lost: string | undefined;

  constructor(options: TopViewOptions) {
    const { once, json, terminal, choice } = options;
    const { stdout, env } = process;
    this.#options = options;
    this.#choice = choice;
    // A dumb terminal cannot move its cursor.
    const inPlace = stdout.isTTY && env.TERM !== "dumb" && !once && !json;
    this.#screen = inPlace ? new TopScreen((text) => void stdout.write(text), terminal) : undefined;
  }

  /** Drawn over what was drawn before. */
  get inPlace(): boolean {
    return this.#screen !== undefined;
  }

  hear(news: Exclude<News, { type: "lost" }>): void {
    if (news.type === "tree") this.#tree = news.tree;
    if (!this.#screen) this.#ties.back();
    if (news.type !== "stats") return;
    this.#lost = undefined;
    this.#before = this.#now;
    this.#now = { at: news.at, stats: news.stats };
    // The first look says nothing of a second: it is the beginning of the next.
    if (this.#before) this.draw();
    if (this.#before && this.#options.once) this.#options.shown();
  }

  lost(reason: string): void {
    // Another server's counts, or those of one that began anew, are no difference to these.
    this.#before = undefined;
    this.#lost = oneLine(reason);
    if (this.#screen) this.draw();
    else this.#ties.lost(reason);
    this.#now = undefined;
  }

  sortBy(sort: SortKey): void {
    this.#choice = { ...this.#choice, sort };
    this.draw();
  }

  draw(): void {
    const { url, json, terminal } = this.#options;
    const { width, paint } = terminal();
    const lost =
      this.#lost === undefined
        ? []
        : [paint(shortened(`connection lost, retrying: ${this.#lost}`, width), "red", "bold")];
    const now = this.#now;
    if (!now) {
      this.#screen?.show([paint(shortened(oneLine(url), width), "bold"), ...lost]);
      return;
    }
    const rows = topRows(this.#before, now, this.#tree, this.#choice);
    if (json) {
      const { uptimeMs, reports, deadLetters } = now.stats;
      process.stdout.write(`${JSON.stringify({ at: now.at, uptimeMs, reports, deadLetters, rows })}\n`);
      return;
    }
    const head = topHead(url, now, this.#tree, rows, width).map((line) => paint(line, "bold"));
    const lines = [...head, ...lost, ...topLines(rows, this.#choice.sort, width, paint)];
    if (this.#screen) this.#screen.show(lines);
    else process.stdout.write(`${lines.join("\n")}\n${this.#options.once ? "" : "\n"}`);
  }

  end(): void {
    this.#screen?.end();
  }
}
