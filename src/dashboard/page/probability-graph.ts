import type { SpeechTrack } from "./speech-track.js";

/** Seconds shown of a sound whose length is not known. */
export const windowSeconds = 15;

/** Above it a chunk counts as speech, in Silero's own settings. */
const threshold = 0.5;

/**
 * The probability of speech over time: a line, the segments shaded behind it, the threshold dotted. A sound of known
 * length fills the width; of a microphone the latest seconds scroll by.
 */
export class ProbabilityGraph {
  readonly #canvas: HTMLCanvasElement;
  #track: SpeechTrack | undefined;
  #length: number | undefined;
  #asked = false;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    new ResizeObserver(() => this.refresh()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.refresh());
  }

  /** @param length of the whole sound in seconds, where it is known */
  show(track: SpeechTrack, length: number | undefined): void {
    this.#track = track;
    this.#length = length;
    this.refresh();
  }

  /** Draws with the next frame, once, however many chunks come until then. */
  refresh(): void {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.#draw();
    });
  }

  #draw(): void {
    const canvas = this.#canvas;
    const { clientWidth: width, clientHeight: height } = canvas;
    const scale = devicePixelRatio;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    const pen = canvas.getContext("2d");
    if (!pen || width === 0) return;
    const style = getComputedStyle(canvas);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    const y = (probability: number) => height - 3 - probability * (height - 6);

    const track = this.#track;
    if (track) {
      const span = this.#length ?? windowSeconds;
      const begin = this.#length === undefined ? Math.max(0, track.seconds - span) : 0;
      const x = (seconds: number) => ((seconds - begin) / span) * width;
      pen.fillStyle = colour("--segment");
      for (const { start, end = track.seconds } of track.segments) pen.fillRect(x(start), 0, x(end) - x(start), height);
      this.#dots(pen, y(threshold), width, colour("--faint"));
      this.#line(pen, track, x, y, colour("--accent"));
    } else {
      this.#dots(pen, y(threshold), width, colour("--faint"));
    }
  }

  #dots(pen: CanvasRenderingContext2D, y: number, width: number, colour: string): void {
    pen.strokeStyle = colour;
    pen.lineWidth = 1;
    pen.setLineDash([2, 4]);
    pen.beginPath();
    pen.moveTo(0, y);
    pen.lineTo(width, y);
    pen.stroke();
    pen.setLineDash([]);
  }

  #line(
    pen: CanvasRenderingContext2D,
    track: SpeechTrack,
    x: (seconds: number) => number,
    y: (probability: number) => number,
    colour: string,
  ): void {
    pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    pen.lineJoin = "round";
    pen.beginPath();
    track.probabilities.forEach((probability, index) => {
      const seconds = track.from + (index + 0.5) * track.chunkSeconds;
      pen.lineTo(x(seconds), y(probability));
    });
    pen.stroke();
  }
}
