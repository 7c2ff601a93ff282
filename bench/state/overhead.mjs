import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { supervisor, system, thread } from "../../dist/index.js";
import { speechModule } from "../../dist/serving/models/models.js";
import { files } from "../../dist/state/state.js";
import { now } from "../measure/now.mjs";
import { median, rounded } from "../measure/stats.mjs";
import { clipChunks } from "../recovery/speech/clip.mjs";

/*
 * What it costs a model that its state survives: the speech model in WASM in a thread, one stream pushed chunk by chunk,
 * `snapshotEvery` as it comes (a snapshot of 1.3 kB and a chunk of 2 kB are stored for each message).
 *
 *   durable     in a system with files(): an answer leaves when it is on the disk
 *   undurable   the same actor, whose snapshots its parent keeps: as it was before there was a store
 *
 * Blocks of each take turns, and what counts is the time of a message with as many under way as are handed to a thread: unless
 * a sync takes 64 runs of the model, it is never without work, so that is what the model loses. Alone, a message waits for its
 * sync, and that is told beside.
 */

const PAIRS = 25;
const BLOCK = 256;
const IN_FLIGHT = 64;
const ALONE = 100;
/** WASM runs slower before V8 has compiled it for good. */
const WARM_UP = 600;

/** @param {{ rounds?: number, say: (line: string) => void, withinMs: number }} options */
export async function scene({ rounds = PAIRS, say, withinMs }) {
  const until = now() + withinMs - 3000;
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const apps = [];
  try {
    const chunks = clipChunks();
    const open = async (options, systemOptions) => {
      const app = await system(supervisor({}, { speech: thread(speechModule, {}, options) }), systemOptions);
      apps.push(app);
      return stream(app.refs.speech, chunks);
    };
    say("loading the model twice …");
    const undurable = await open({});
    const durable = await open({ durable: true }, { store: files(join(folder, "state")) });
    for (const push of [undurable, durable]) await block(push, WARM_UP, IN_FLIGHT);
    const ratios = [];
    const each = { undurable: [], durable: [] };
    for (let pair = 0; pair < rounds && now() < until; pair++) {
      if (pair % 5 === 0) say(`pair ${pair + 1} of ${rounds} …`);
      // Each goes first in every second pair.
      const order = pair % 2 === 0 ? ["undurable", "durable"] : ["durable", "undurable"];
      const took = {};
      for (const name of order) took[name] = await block(name === "durable" ? durable : undurable, BLOCK, IN_FLIGHT);
      for (const name of order) each[name].push(took[name]);
      ratios.push(took.durable / took.undurable);
    }
    const alone = { undurable: await block(undurable, ALONE, 1), durable: await block(durable, ALONE, 1) };
    return result(ratios, each, alone);
  } finally {
    for (const app of apps) await app.stop({ drain: 0 });
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One stream that goes through the clip again and again. */
function stream(ref, chunks) {
  let next = 0;
  return () => ref.ask.push(chunks[next++ % chunks.length]);
}

/** @returns the time of a message, µs */
async function block(push, messages, inFlight) {
  const began = now();
  let left = messages;
  const lane = async () => {
    while (left-- > 0) await push();
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return ((now() - began) * 1000) / messages;
}

function result(ratios, each, alone) {
  const [plain, stored] = [median(each.undurable), median(each.durable)];
  return {
    keys: { snapshot_overhead: rounded(median(ratios)), speech_durable_us: Math.round(stored) },
    title: `The speech model in a thread, ${IN_FLIGHT} chunks under way`,
    columns: ["", "µs a chunk", "alone, µs"],
    rows: [
      ["snapshots in memory", plain.toFixed(0), alone.undurable.toFixed(0)],
      ["durable, files()", stored.toFixed(0), alone.durable.toFixed(0)],
    ],
    notes: [`${ratios.length} pairs; half of the ratios lie between ${quarters(ratios)}`],
    details: { pairs: ratios.length, block: BLOCK, inFlight: IN_FLIGHT },
    rounds: ratios.length,
  };
}

function quarters(ratios) {
  const sorted = [...ratios].sort((one, other) => one - other);
  const at = (part) => sorted[Math.floor(part * (sorted.length - 1))].toFixed(3);
  return `${at(0.25)} and ${at(0.75)}`;
}
