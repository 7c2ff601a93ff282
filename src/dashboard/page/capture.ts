import { Chunker } from "./chunker.js";

/** What an audio worklet's scope has; the DOM library of TypeScript does not know it. */
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(
  name: string,
  processor: new (options: { processorOptions: Options }) => object,
): void;

interface Options {
  readonly chunk: number;
}

/**
 * Runs on the audio thread (a file of its own, because the page's policy allows no code from blobs):
 *
 *   microphone ─▶ 128 samples at a time ─▶ Chunker ─▶ port (transferred) ─▶ the page
 */
class Capture extends AudioWorkletProcessor {
  readonly #chunker: Chunker;

  constructor({ processorOptions }: { processorOptions: Options }) {
    super();
    this.#chunker = new Chunker(processorOptions.chunk);
  }

  process(inputs: Float32Array[][]): boolean {
    // No input at all means that the microphone is not connected yet.
    const mono = inputs[0]?.[0];
    if (mono) for (const chunk of this.#chunker.take(mono)) this.port.postMessage(chunk, [chunk.buffer]);
    return true;
  }
}

registerProcessor("capture", Capture);
