import type { Client } from "../../client/client.js";
import type { InputStream } from "../../client/input-stream.js";
import type { MediaHint } from "../../protocol/frames.js";
import { CommandError, exitCodes } from "../command.js";
import { inChunks } from "../media/chunks.js";
import { readWav } from "../media/wav.js";

/** The least that an actor over audio says of a chunk; what else it says is printed with --json. */
interface Heard {
  start?: number;
  end?: number;
}

/** Streams a WAV file, chunk by chunk, and prints the segments that the results tell of. */
export async function askAudio(
  client: Client,
  name: string,
  media: MediaHint,
  file: Uint8Array,
  { json, key, timeout }: { json: boolean; key?: string; timeout: number },
): Promise<number> {
  const { rate = 16_000, chunk = 512 } = media;
  const chunks = inChunks(readWav(file, rate), chunk);
  const stream = client.stream<Heard, [Float32Array]>(name, {
    method: media.method,
    ...(key === undefined ? {} : { key }),
  });
  const lost = untilLost(stream, timeout);
  const progress = new Progress(chunks.length, process.stderr.isTTY === true);
  let open: number | undefined;
  const results = chunks.map((samples) => stream.push(samples));
  // They are awaited in order below; until then a failure of a later one must not end the program.
  for (const result of results) result.catch(() => {});
  for (const [index, pending] of results.entries()) {
    const result = await Promise.race([pending, lost]);
    progress.at(index + 1);
    if (json) {
      console.log(JSON.stringify(result));
      continue;
    }
    if (result.start !== undefined) open = result.start;
    if (result.end !== undefined && open !== undefined) {
      progress.clear();
      print(open, result.end);
      open = undefined;
    }
  }
  progress.clear();
  const seconds = (chunks.length * chunk) / rate;
  if (open !== undefined && !json) print(open, seconds);
  await Promise.race([stream.end(), lost]);
  if (!json) console.log(`${chunks.length} ${chunks.length === 1 ? "chunk" : "chunks"}, ${seconds.toFixed(2)} s`);
  return exitCodes.ok;
}

/** Says that the connection is gone, and rejects when no server takes the stream up again in time. */
function untilLost(stream: InputStream<Heard, [Float32Array]>, timeoutMs: number): Promise<never> {
  return new Promise((_, reject) => {
    let timer: NodeJS.Timeout | undefined;
    stream.subscribe((state) => {
      clearTimeout(timer);
      if (state.state === "attached" && timer) process.stderr.write("connected again\n");
      timer = undefined;
      if (state.state !== "detached") return;
      process.stderr.write(`connection lost (${state.reason}): waiting for a server …\n`);
      const gone = new CommandError(`no server took the stream up again within ${timeoutMs} ms`, exitCodes.failed);
      timer = setTimeout(() => reject(gone), timeoutMs);
    });
  });
}

function print(start: number, end: number): void {
  console.log(`speech ${start.toFixed(2)} - ${end.toFixed(2)} s`);
}

/** How far it is, on a terminal only, rewritten in place. */
class Progress {
  readonly #total: number;
  readonly #shown: boolean;

  constructor(total: number, shown: boolean) {
    this.#total = total;
    this.#shown = shown;
  }

  at(done: number): void {
    if (this.#shown) process.stderr.write(`\r${Math.round((100 * done) / this.#total)} % `);
  }

  clear(): void {
    if (this.#shown) process.stderr.write("\r       \r");
  }
}
