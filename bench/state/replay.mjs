import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { files, lmdb } from "../../dist/state/state.js";
import { interleave } from "../measure/interleave.mjs";
import { now } from "../measure/now.mjs";
import { median, rounded } from "../measure/stats.mjs";
import { around } from "./around.mjs";

/*
 * How fast a store is back: opened and every piece of every entity read, after a process that ended. 100 entities, messages
 * of 100 bytes, a snapshot of 1 kB with each hundredth of an entity's messages.
 *
 *   journal      files() without a checkpoint: all that was ever appended is gone through
 *   checkpoint   the same with the checkpoints of the default
 *   lmdb         lmdb(): its file is the state already; only what is kept is read
 *
 * `replay_per_s` is that of the journal: records gone through, checked and applied in a second.
 */

const ROUNDS = 5;
const RECORDS = 150_000;
const ENTITIES = 100;

const stores = {
  journal: (place) => files(place, { checkpointBytes: 2 ** 40 }),
  checkpoint: (place) => files(place, { checkpointBytes: 4 * 2 ** 20 }),
  lmdb: (place) => lmdb(place),
};

/** @param {{ rounds?: number, say: (line: string) => void, withinMs: number }} options */
export async function scene({ rounds = ROUNDS, say, withinMs }) {
  const until = now() + withinMs;
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const times = Object.fromEntries(Object.keys(stores).map((name) => [name, []]));
  const opens = Object.fromEntries(Object.keys(stores).map((name) => [name, []]));
  let pieces = 0;
  try {
    for (const [name, make] of Object.entries(stores)) {
      say(`writing ${RECORDS.toLocaleString("en")} records: ${name} …`);
      await fill(await make(join(folder, name)).open(around));
    }
    const limits = { rounds, withinMs: until - now() - 4000 };
    const done = await interleave(Object.keys(stores), limits, async (name, round) => {
      say(`round ${round + 1}: ${name} …`);
      const began = now();
      const store = await stores[name](join(folder, name)).open(around);
      opens[name].push(now() - began);
      pieces = 0;
      for (const id of store.ids()) {
        const { bases, tail } = await store.read(id);
        pieces += bases.length + tail.length;
      }
      times[name].push(now() - began);
      await store.close();
    });
    return result(times, opens, pieces, done);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(store) {
  const message = Buffer.alloc(100, "m");
  const snapshot = Buffer.alloc(1000, "s");
  let last;
  for (let number = 0; number < RECORDS; number++) {
    const id = `app/keeper#${number % ENTITIES}`;
    const seq = Math.floor(number / ENTITIES) + 1;
    const batch = [{ kind: "tail", id, seq, data: message }];
    if (seq % 100 === 0) batch.push({ kind: "base", id, seq, data: snapshot });
    last = store.append(batch);
    if (number % 2000 === 0) await last;
  }
  await last;
  await store.close();
}

function result(times, opens, pieces, done) {
  const ms = (name) => median(times[name]);
  const rows = Object.keys(stores).map((name) => [
    name,
    median(opens[name]).toFixed(0),
    ms(name).toFixed(0),
    Math.round((RECORDS / ms(name)) * 1000).toLocaleString("en"),
  ]);
  return {
    keys: {
      replay_per_s: Math.round((RECORDS / median(opens.journal)) * 1000),
      replay_journal_ms: rounded(ms("journal")),
      replay_checkpoint_ms: rounded(ms("checkpoint")),
      replay_lmdb_ms: rounded(ms("lmdb")),
    },
    title: `A store of ${RECORDS.toLocaleString("en")} batches is opened and read whole`,
    columns: ["", "opened, ms", "read too, ms", "batches/s"],
    rows,
    notes: [`what is kept of them are ${pieces.toLocaleString("en")} pieces of ${ENTITIES} entities`],
    details: { records: RECORDS, entities: ENTITIES },
    rounds: done,
  };
}
