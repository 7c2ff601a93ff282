import type { MediaHint } from "../../protocol/frames.js";
import type { Connection } from "./connection.js";
import { DropZone } from "./drop-zone.js";
import { element, setText } from "./element.js";
import { imageCanvas, pixelsOf, pngOf } from "./image-file.js";
import { StatusLine } from "./status-line.js";

/** Larger images are made smaller: as RGBA they must fit a frame of 16 MiB, as PNG the reader's own limit. */
const maxPixels = { pixels: 4_000_000, image: 20_000_000 } as const;

/** What a reader answers, as far as the page shows it. */
interface Reading {
  readonly text?: unknown;
  readonly confidence?: unknown;
}

/** Tries an actor that reads: an image of a line of text goes in, the text comes out. */
export class ReadPanel {
  readonly node: HTMLElement;
  readonly #name: string;
  readonly #media: MediaHint;
  readonly #connection: Connection;
  readonly #drop: DropZone;
  readonly #status = new StatusLine();
  readonly #picture = element("div", { class: "picture" });
  readonly #text = element("output", { class: "text" });

  constructor(name: string, media: MediaHint, connection: Connection) {
    this.#name = name;
    this.#media = media;
    this.#connection = connection;
    const text = "Drop an image of one line of text here";
    this.#drop = new DropZone(text, "image/*", (file) => void this.#read(file));
    const title = element("h2", { id: `panel-${name}` }, "Read ", element("span", { class: "kind" }, name));
    const controls = element("div", { class: "controls" }, this.#drop.node);
    const shown = [title, controls, this.#picture, this.#text, this.#status.node];
    this.node = element("section", { class: "panel", "aria-labelledby": title.id }, ...shown);
  }

  close(): void {}

  async #read(file: File): Promise<void> {
    this.#drop.disabled = true;
    this.#picture.replaceChildren();
    setText(this.#text, "");
    this.#status.say(`Reading ${file.name}…`);
    try {
      const canvas = await imageCanvas(file, this.#media.kind === "pixels" ? maxPixels.pixels : maxPixels.image);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", file.name);
      this.#picture.append(canvas);
      await this.#ask(canvas);
    } catch (error) {
      this.#status.problem(error, file.name);
    } finally {
      this.#drop.disabled = false;
    }
  }

  async #ask(canvas: HTMLCanvasElement): Promise<void> {
    const image = this.#media.kind === "pixels" ? pixelsOf(canvas) : await pngOf(canvas);
    const actor = this.#connection.client.ref<Record<string, (image: unknown) => Promise<Reading>>>(this.#name);
    const asked = performance.now();
    const { text, confidence } = await actor.ask[this.#media.method]!(image);
    const ms = Math.round(performance.now() - asked);
    setText(this.#text, typeof text === "string" ? text : JSON.stringify(text));
    const sure = typeof confidence === "number" ? `Confidence ${(100 * confidence).toFixed(1)} %, ` : "";
    this.#status.say(text === "" ? `No text was found, ${ms} ms.` : `${sure}${ms} ms.`);
  }
}
