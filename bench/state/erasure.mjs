import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { combineBytes } from "../../dist/state/redundancy/combine.js";
import { erasureCode } from "../../dist/state/redundancy/erasure-code.js";
import { parityRows } from "../../dist/state/redundancy/matrix.js";
import { FolderDisk, openArchive, RedundantDisk } from "../../dist/state/state.js";
import { interleave } from "../measure/interleave.mjs";
import { now } from "../measure/now.mjs";
import { median, rounded } from "../measure/stats.mjs";

/*
 * What redundancy costs: MB of the data a second, on one core.
 *
 *   encode    the parity of blocks of 64 KiB, as they are stored
 *   rebuild   as many data blocks as there is parity, from the rest
 *   tables    encode in plain JavaScript, a table of 256 for each coefficient: what runs where there are no vectors
 *   put, get  a file of 32 MB into an archive over three folders of one disk, durable, and back with one of them away
 */

const ROUNDS = 7;
const BLOCK = 64 * 1024;
const FILE_BYTES = 32 * 1024 * 1024;
const RUN_MS = 120;

const codes = { "4 + 2": [4, 2], "2 + 1": [2, 1] };
const works = { encode, rebuild, tables };

/** @param {{ rounds?: number, say: (line: string) => void, withinMs: number }} options */
export async function scene({ rounds = ROUNDS, say, withinMs }) {
  const rates = {};
  const names = Object.keys(codes).flatMap((code) => Object.keys(works).map((work) => `${work} ${code}`));
  const all = [...names, "put", "get"];
  for (const name of all) rates[name] = [];
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const folders = [1, 2, 3].map((i) => join(folder, `${i}`));
  const file = randomBytes(FILE_BYTES);
  try {
    const done = await interleave(all, { rounds, withinMs: withinMs - 4000 }, async (name, round) => {
      if (name === all[0]) say(`round ${round + 1} …`);
      if (name === "put") rates.put.push(await put(folders, file));
      else if (name === "get") rates.get.push(await get([join(folder, "away"), ...folders.slice(1)], file));
      else rates[name].push(rateOf(name));
    });
    return result(rates, done);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rateOf(name) {
  const [work, ...code] = name.split(" ");
  const [data, parity] = codes[code.join(" ")];
  const run = works[work](data, parity);
  run();
  const began = now();
  let runs = 0;
  for (; now() - began < RUN_MS; runs++) run();
  return (runs * data * BLOCK) / 1e3 / (now() - began);
}

function encode(data, parity) {
  const blocks = blocksOf(data);
  const more = Array.from({ length: parity }, () => new Uint8Array(BLOCK));
  const code = erasureCode(data, parity);
  return () => code.encode(blocks, more);
}

function rebuild(data, parity) {
  const blocks = blocksOf(data);
  const more = Array.from({ length: parity }, () => new Uint8Array(BLOCK));
  const code = erasureCode(data, parity);
  code.encode(blocks, more);
  const lost = Array.from({ length: parity }, (_, i) => i);
  const left = [...blocks, ...more].map((block, i) => (i < parity ? undefined : block));
  const back = code.reconstruct(left, lost);
  if (back.some((block, i) => Buffer.compare(block, blocks[i]) !== 0))
    throw new Error("what is rebuilt is not what was lost");
  return () => code.reconstruct(left, lost);
}

function tables(data, parity) {
  const blocks = blocksOf(data);
  const more = Array.from({ length: parity }, () => new Uint8Array(BLOCK));
  const rows = parityRows(data, parity);
  return () => combineBytes(rows, blocks, more);
}

async function put(folders, file) {
  const archive = await openArchive(folders, { parity: 1 });
  try {
    const began = now();
    await archive.put("file", file);
    return FILE_BYTES / 1e3 / (now() - began);
  } finally {
    await archive.close();
  }
}

/** With the first folder of the three away, so that a half of it is rebuilt. */
async function get(folders, file) {
  const disk = new RedundantDisk(
    folders.map((folder) => new FolderDisk(folder)),
    { parity: 1 },
  );
  const began = now();
  const bytes = await disk.read("file", 0, FILE_BYTES);
  const took = now() - began;
  if (Buffer.compare(bytes, file) !== 0) throw new Error("what was read is not what was put");
  return FILE_BYTES / 1e3 / took;
}

function blocksOf(count) {
  return Array.from({ length: count }, () => randomBytes(BLOCK));
}

function randomBytes(length) {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

function result(rates, done) {
  const rate = (name) => median(rates[name]);
  const keys = {
    encode_mb_s: Math.round(rate("encode 4 + 2")),
    rebuild_mb_s: Math.round(rate("rebuild 4 + 2")),
    encode_2_1_mb_s: Math.round(rate("encode 2 + 1")),
    rebuild_2_1_mb_s: Math.round(rate("rebuild 2 + 1")),
    encode_vs_tables: rounded(rate("encode 4 + 2") / rate("tables 4 + 2")),
    archive_put_mb_s: Math.round(rate("put")),
    archive_get_degraded_mb_s: Math.round(rate("get")),
  };
  const mb = (name) => Math.round(rate(name)).toLocaleString("en");
  const rows = Object.keys(codes).map((code) => [
    code,
    mb(`encode ${code}`),
    mb(`rebuild ${code}`),
    mb(`tables ${code}`),
  ]);
  return {
    keys,
    title: "An erasure code, MB of data a second on one core",
    columns: ["data + parity", "encode", "rebuild", "encode with tables"],
    rows,
    notes: [
      `an archive over three folders: ${mb("put")} MB/s in, durable; ${mb("get")} MB/s out with one of them away`,
    ],
    details: { blockBytes: BLOCK, fileBytes: FILE_BYTES },
    rounds: done,
  };
}
