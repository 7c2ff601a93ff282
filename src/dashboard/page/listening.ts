import type { Client, InputStream, StreamState } from "../../client/browser.js";
import type { HeardChunk } from "./speech-track.js";

/** Chunks of a file that are under way at once: the server's window, and as many waiting for it. */
const ahead = 64;

export interface ListeningOptions {
  readonly client: Client;
  /** The exposed actor. */
  readonly to: string;
  /** It has a method `finish`, which says where the last segment ended. */
  readonly finishes: boolean;
  readonly onHeard: (chunk: HeardChunk) => void;
  readonly onState: (state: StreamState) => void;
}

/** One sound on its way through an actor that listens, over connections that may come and go. */
export class Listening {
  readonly #options: ListeningOptions;
  readonly #key = `page-${randomText()}`;
  readonly #stream: InputStream<HeardChunk, [Float32Array]>;
  #latest: Promise<void> = Promise.resolve();

  constructor(options: ListeningOptions) {
    this.#options = options;
    const { client, to, onState } = options;
    // Everything is kept, so that the sound goes on even when the server itself was started anew.
    this.#stream = client.stream<HeardChunk, [Float32Array]>(to, { key: this.#key, keep: "all" });
    this.#stream.subscribe(onState);
  }

  /** Resolves when the chunk was heard. @throws (rejects) what the server refused it with */
  send(chunk: Float32Array): Promise<void> {
    const sent = this.#stream.push(chunk).then((heard) => this.#options.onHeard(checked(heard, this.#options.to)));
    // Who sends from a callback waits for none of them: `finish` and the first failure tell.
    sent.catch(() => {});
    this.#latest = sent;
    return sent;
  }

  /** Sends as fast as the server listens. */
  async sendAll(chunks: readonly Float32Array[]): Promise<void> {
    const underWay: Promise<void>[] = [];
    for (const chunk of chunks) {
      underWay.push(this.send(chunk));
      if (underWay.length >= ahead) await underWay.shift();
    }
    await Promise.all(underWay);
  }

  /** No more is to come. @returns where the segment ended that was open, if the actor says so */
  async finish(): Promise<number | undefined> {
    await this.#latest;
    const { client, to, finishes } = this.#options;
    const actor = client.ref<{ finish(): { end?: number } }>(to).key(this.#key);
    const last = finishes ? await actor.ask.finish() : undefined;
    await this.#stream.end();
    return last?.end;
  }

  cancel(): void {
    this.#stream.cancel();
  }
}

function checked(heard: HeardChunk, to: string): HeardChunk {
  if (typeof heard?.probability === "number") return heard;
  throw new Error(`${to} answers without a probability, so there is nothing to draw: see its media hint.`);
}

/** Other pages must not hit upon it; `randomUUID` is there over https only. */
function randomText(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(5));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
