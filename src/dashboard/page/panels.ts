import type { ExposedActor } from "../../protocol/frames.js";
import type { Connection } from "./connection.js";
import { ReadPanel } from "./read-panel.js";
import { SpeechPanel } from "./speech-panel.js";

interface Panel {
  readonly node: HTMLElement;
  close(): void;
}

/** One panel for each exposed actor whose media hint the page knows how to feed; none for others. */
export class Panels {
  readonly #column: HTMLElement;
  readonly #connection: Connection;
  #shown = "";
  #panels: Panel[] = [];

  constructor(column: HTMLElement, connection: Connection) {
    this.#column = column;
    this.#connection = connection;
  }

  /** Panels are made anew only when the server offers something else: they may be in mid-sentence. */
  show(exposes: Readonly<Record<string, ExposedActor>>): void {
    const text = JSON.stringify(exposes);
    if (text === this.#shown) return;
    this.#shown = text;
    for (const panel of this.#panels) panel.close();
    this.#panels = Object.entries(exposes).flatMap(([name, exposed]) => this.#panelOf(name, exposed) ?? []);
    this.#column.replaceChildren(...this.#panels.map(({ node }) => node));
    this.#column.hidden = this.#panels.length === 0;
  }

  #panelOf(name: string, exposed: ExposedActor): Panel | undefined {
    const { media, stream } = exposed;
    if (media?.kind === "audio" && stream !== undefined) return new SpeechPanel(name, exposed, this.#connection);
    if (media?.kind === "image" || media?.kind === "pixels") return new ReadPanel(name, media, this.#connection);
    return undefined;
  }
}
