import type { StreamState } from "../../client/browser.js";
import type { ExposedActor } from "../../protocol/frames.js";
import { audioChunks } from "./audio-file.js";
import type { Connection } from "./connection.js";
import { DropZone } from "./drop-zone.js";
import { element, setText } from "./element.js";
import { Listening } from "./listening.js";
import { openMicrophone } from "./microphone.js";
import { ProbabilityGraph, windowSeconds } from "./probability-graph.js";
import { segmentText } from "./segment-text.js";
import { SpeechTrack } from "./speech-track.js";
import { StatusLine } from "./status-line.js";

/** What the panel is doing. */
type Doing =
  | { readonly kind: "nothing" }
  /** `stop` ends it: a file is given up, a microphone is closed and what it heard is finished. */
  | { readonly kind: "listening"; readonly what: string; readonly stop: () => void };

/** Tries an actor that listens: a file or the microphone goes in, the probability of speech and the segments come out. */
export class SpeechPanel {
  readonly node: HTMLElement;
  readonly #name: string;
  readonly #exposed: ExposedActor;
  readonly #connection: Connection;
  readonly #shape: { readonly rate: number; readonly chunk: number };
  readonly #drop: DropZone;
  readonly #button = element("button", { type: "button" });
  readonly #status = new StatusLine();
  readonly #now = element("output", { class: "now", "aria-live": "off" });
  readonly #segments = element("ol", { class: "segments", "aria-label": "Segments of speech" });
  readonly #graph: ProbabilityGraph;
  #track: SpeechTrack;
  #doing: Doing = { kind: "nothing" };

  constructor(name: string, exposed: ExposedActor, connection: Connection) {
    this.#name = name;
    this.#exposed = exposed;
    this.#connection = connection;
    this.#shape = { rate: exposed.media?.rate ?? 16_000, chunk: exposed.media?.chunk ?? 512 };
    this.#track = this.#newTrack(0);
    this.#drop = new DropZone("Drop a WAV file here", "audio/*,.wav", (file) => void this.#file(file));
    this.#button.addEventListener("click", () => {
      if (this.#doing.kind === "listening") this.#doing.stop();
      else void this.#microphone();
    });
    const label = "Probability of speech over time, from 0 at the bottom to 1 at the top";
    const canvas = element("canvas", { class: "graph", role: "img", "aria-label": label });
    const title = element("h2", { id: `panel-${name}` }, "Listen ", element("span", { class: "kind" }, name));
    const controls = element("div", { class: "controls" }, this.#drop.node, this.#button);
    const shown = [title, controls, this.#status.node, canvas, this.#now, this.#segments];
    this.node = element("section", { class: "panel", "aria-labelledby": title.id }, ...shown);
    this.#graph = new ProbabilityGraph(canvas);
    this.#graph.refresh();
    this.#become({ kind: "nothing" });
  }

  /** The panel is taken away. */
  close(): void {
    if (this.#doing.kind === "listening") this.#doing.stop();
  }

  async #file(file: File): Promise<void> {
    if (this.#doing.kind === "listening") return;
    this.#become({ kind: "listening", what: file.name, stop: () => {} });
    this.#status.say(`Decoding ${file.name}…`);
    await this.#attempt(file.name, async () => {
      const chunks = await audioChunks(file, this.#shape);
      const length = (chunks.length * this.#shape.chunk) / this.#shape.rate;
      const listening = this.#begin(chunks.length, length);
      try {
        this.#become({ kind: "listening", what: file.name, stop: () => listening.cancel() });
        await listening.sendAll(chunks);
        await this.#finish(listening);
      } catch (error) {
        listening.cancel();
        throw error;
      }
    });
  }

  async #microphone(): Promise<void> {
    const what = "the microphone";
    this.#become({ kind: "listening", what, stop: () => {} });
    this.#status.say("Asking for the microphone…");
    await this.#attempt(what, async () => {
      let listening: Listening | undefined;
      let stop!: () => void;
      let fail!: (error: unknown) => void;
      const stopped = new Promise<void>((resolve, reject) => {
        stop = resolve;
        fail = reject;
      });
      const microphone = await openMicrophone(
        this.#shape,
        (chunk) => listening?.send(chunk).catch(fail),
        () => fail(new Error("The microphone went away.")),
      );
      try {
        listening = this.#begin(Math.ceil((windowSeconds * this.#shape.rate) / this.#shape.chunk), undefined);
        this.#become({ kind: "listening", what, stop });
        await stopped;
        microphone.stop();
        const open = listening;
        this.#become({ kind: "listening", what, stop: () => open.cancel() });
        await this.#finish(listening);
      } catch (error) {
        listening?.cancel();
        throw error;
      } finally {
        microphone.stop();
      }
    });
  }

  /** Whatever happens, the panel is free again afterwards and says how it went. */
  async #attempt(what: string, listen: () => Promise<void>): Promise<void> {
    try {
      await listen();
    } catch (error) {
      this.#status.problem(error, what);
    } finally {
      this.#track.close(this.#track.seconds);
      this.#show();
      this.#become({ kind: "nothing" });
    }
  }

  #begin(keep: number, length: number | undefined): Listening {
    this.#track = this.#newTrack(keep);
    const track = this.#track;
    this.#graph.show(track, length);
    this.#show();
    return new Listening({
      client: this.#connection.client,
      to: this.#name,
      finishes: "finish" in this.#exposed.methods,
      onState: (state) => this.#tell(state),
      onHeard: (chunk) => {
        track.add(chunk);
        if (track === this.#track) this.#show();
      },
    });
  }

  async #finish(listening: Listening): Promise<void> {
    const end = await listening.finish();
    const { seconds } = this.#track;
    this.#track.close(end ?? seconds);
    const { count, speech } = this.#track;
    const segments = count === 1 ? "1 segment" : `${count} segments`;
    this.#status.say(`Done: ${segments}, ${speech.toFixed(1)} of ${seconds.toFixed(1)} s are speech.`);
  }

  #tell(state: StreamState): void {
    if (this.#doing.kind !== "listening") return;
    const { what } = this.#doing;
    if (state.state === "detached") {
      this.#status.say(`Connection lost, resuming ${what} as soon as the server is back…`);
    } else if (state.state === "attached") {
      const replayed = state.replayed > 0 ? `, ${state.replayed} chunks were sent again` : "";
      this.#status.say(state.resumed ? `Listening to ${what}, resumed${replayed}.` : `Listening to ${what}.`);
    }
  }

  #show(): void {
    const { latest, seconds, segments } = this.#track;
    setText(
      this.#now,
      latest === undefined ? "" : `Probability of speech: ${latest.toFixed(2)} at ${seconds.toFixed(1)} s`,
    );
    segments.forEach((segment, index) => {
      const item = this.#segments.children[index] ?? this.#segments.appendChild(element("li"));
      setText(item, segmentText(segment));
    });
    while (this.#segments.children.length > segments.length) this.#segments.lastChild!.remove();
    this.#graph.refresh();
  }

  #become(doing: Doing): void {
    this.#doing = doing;
    this.#drop.disabled = doing.kind === "listening";
    setText(this.#button, doing.kind === "listening" ? "Stop" : "Use the microphone");
  }

  #newTrack(keep: number): SpeechTrack {
    return new SpeechTrack(keep, this.#shape.chunk / this.#shape.rate);
  }
}
