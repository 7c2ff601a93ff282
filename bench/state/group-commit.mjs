import { closeSync, constants, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { files, lmdb } from "../../dist/state/state.js";
import { interleave } from "../measure/interleave.mjs";
import { now } from "../measure/now.mjs";
import { median, rounded } from "../measure/stats.mjs";
import { around } from "./around.mjs";

/*
 * Durable acknowledgements in a second: changes of 1 kB, 64 of them unanswered at any time.
 *
 *   group     files(): everything that comes while one sync of the disk runs goes with the next
 *   each      the same files with a sync for each change
 *   lmdb      lmdb(): one transaction for everything that comes while the one before is synced
 *   append    no store at all: a file, and for each change an append and an fdatasync, one after the other
 *
 * What a sync costs is the disk's own, and decides what there is to gain: `sync_us` is measured beside them.
 */

const ROUNDS = 5;
const MS = 900;
const IN_FLIGHT = 64;
const BYTES = 1000;

const contenders = ["group", "each", "lmdb", "append"];

/** @param {{ rounds?: number, say: (line: string) => void, withinMs: number }} options */
export async function scene({ rounds = ROUNDS, say, withinMs }) {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const rates = Object.fromEntries(contenders.map((name) => [name, []]));
  const cpus = Object.fromEntries(contenders.map((name) => [name, []]));
  const syncs = [];
  let places = 0;
  try {
    const done = await interleave(contenders, { rounds, withinMs: withinMs - 6000 }, async (name, round) => {
      say(`round ${round + 1}: ${name} …`);
      if (name === contenders[0]) syncs.push(syncUs(folder));
      const { append, close } = await opened[name](join(folder, `${name}-${places++}`));
      const { perSecond, cpuUs } = await measured(append);
      await close();
      rates[name].push(perSecond);
      cpus[name].push(cpuUs);
    });
    return result(rates, cpus, median(syncs), done);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const opened = {
  group: async (place) => stored(await files(place).open(around)),
  each: async (place) => stored(await files(place, { sync: "each" }).open(around)),
  lmdb: async (place) => stored(await lmdb(place).open(around)),
  append: async (place) => plain(await open(place, "ax")),
};

/** One entity for each that is in flight, as where as many actors have one message each. Now and then comes a snapshot. */
function stored(store) {
  const data = Buffer.alloc(BYTES, "·");
  let seq = 0;
  return {
    append: (lane) => {
      seq++;
      const kind = seq % 100 === 0 ? "base" : "tail";
      return store.append([{ kind, id: `app/keeper#${lane}`, seq, data }]);
    },
    close: () => store.close(),
  };
}

function plain(file) {
  const data = Buffer.alloc(BYTES, "·");
  let last = Promise.resolve();
  const write = async () => {
    await file.write(data);
    await file.datasync();
  };
  return {
    append: () => {
      last = last.then(write);
      return last;
    },
    close: () => file.close(),
  };
}

async function measured(append) {
  const began = now();
  const cpu = process.cpuUsage();
  let acknowledged = 0;
  const lane = async (number) => {
    while (now() - began < MS) {
      await append(number);
      acknowledged++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, number) => lane(number)));
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (acknowledged / (now() - began)) * 1000, cpuUs: (user + system) / acknowledged };
}

/** Microseconds of one append of 1 kB with its fdatasync, by calls that nothing stands between. */
function syncUs(folder) {
  const path = join(folder, "sync");
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o600);
  const data = Buffer.alloc(BYTES, "·");
  const times = [];
  try {
    for (let i = 0; i < 50; i++) {
      const began = now();
      writeSync(file, data);
      fdatasyncSync(file);
      times.push((now() - began) * 1000);
    }
  } finally {
    closeSync(file);
  }
  return median(times);
}

function result(rates, cpus, sync, done) {
  const rate = (name) => median(rates[name]);
  const names = {
    group: "files(), one sync for all that wait",
    each: "files(), a sync for each",
    lmdb: "lmdb()",
    append: "append and fdatasync, no store",
  };
  const keys = {
    group_commit_gain: rounded(rate("group") / rate("each")),
    group_commit_vs_lmdb: rounded(rate("group") / rate("lmdb")),
    group_commit_vs_append: rounded(rate("group") / rate("append")),
    ...Object.fromEntries(contenders.map((name) => [`durable_${name}_per_s`, Math.round(rate(name))])),
  };
  const rows = contenders.map((name) => [
    names[name],
    Math.round(rate(name)).toLocaleString("en"),
    median(cpus[name]).toFixed(1),
  ]);
  return {
    keys,
    title: `Durable changes of 1 kB, ${IN_FLIGHT} in flight`,
    columns: ["", "acknowledged/s", "CPU, µs each"],
    rows,
    notes: [`one append with its fdatasync takes ${sync.toFixed(0)} µs on this disk`],
    details: { syncUs: Math.round(sync), inFlight: IN_FLIGHT, bytes: BYTES },
    rounds: done,
  };
}
