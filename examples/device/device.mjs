// holdfast inside a device: no server, no network. Audio on stdin (16 kHz, 16 bit, mono, as from `arecord -f S16_LE
// -r 16000 -t raw`), one line "start end" in seconds on stdout for each stretch of speech. Problems go to stderr.
import { causeText, supervisor, system, thread } from "holdfast";
import { speechModule } from "holdfast/models";

const CHUNK_BYTES = 512 * 2;
const began = performance.now();

const app = await system(
  supervisor(
    // A device has nobody to call: it goes on trying, ever more slowly, and never gives up.
    { intensity: { restarts: Number.POSITIVE_INFINITY, within: "1m" } },
    {
      ears: thread(
        speechModule,
        {},
        {
          spare: "none", // memory is short: a restart takes half a second, and the mailbox keeps what is said meanwhile
          intensity: { restarts: Number.POSITIVE_INFINITY, within: "1m" },
          mailbox: { messages: 64, overflow: "wait" },
        },
      ),
    },
  ),
);
app.subscribe((event) => {
  if (event.type === "report") console.error(`restarted: ${causeText(event.report.cause)}`);
});
console.error(
  `ready after ${Math.round(performance.now() - began)} ms, ${Math.round(process.memoryUsage.rss() / 1e6)} MB`,
);

// `kill -USR2` is the power supply's bad day: it kills the model's thread.
process.on("SIGUSR2", () => app.kill("ears", { by: "SIGUSR2" }));
process.once("SIGINT", () => process.stdin.destroy());
process.once("SIGTERM", () => process.stdin.destroy());

try {
  let open;
  for await (const samples of chunks(process.stdin)) {
    const { start, end } = await app.refs.ears.ask.push(samples);
    if (start !== undefined) open = start;
    if (end !== undefined) console.log(`${open.toFixed(2)} ${end.toFixed(2)}`);
  }
  const { seconds, end } = await app.refs.ears.ask.finish();
  if (end !== undefined) console.log(`${open.toFixed(2)} ${end.toFixed(2)}`);
  console.error(`heard ${seconds.toFixed(2)} s, ${Math.round(process.memoryUsage.rss() / 1e6)} MB at the end`);
} catch (error) {
  // Ctrl-C destroys stdin in the middle of a read: that is how it ends.
  if (error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
} finally {
  await app.stop();
}

/** The input in chunks of 512 samples, -1 to 1; what is left over at the end is filled up with silence. */
async function* chunks(input) {
  let rest = Buffer.alloc(0);
  for await (const bytes of input) {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= CHUNK_BYTES) {
      yield floats(rest.subarray(0, CHUNK_BYTES));
      rest = rest.subarray(CHUNK_BYTES);
    }
  }
  if (rest.length > 1) yield floats(Buffer.concat([rest, Buffer.alloc(CHUNK_BYTES - rest.length)]));
}

function floats(bytes) {
  return Float32Array.from({ length: 512 }, (_, i) => bytes.readInt16LE(i * 2) / 32768);
}
