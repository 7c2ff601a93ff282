import { files } from "holdfast/state";

/*
 * Appends to a store as fast as it can, and says how far it is:
 *
 *   node appender.mjs <folder>     ◂ any line     ▸ the number of the last change that was acknowledged by then
 */
const clock = { now: () => performance.now(), wallTime: Date.now, after: (ms, run) => setTimeout(run, ms) };
const store = await files(process.argv[2], {
  sync: "lost-at-power-cut",
  segmentBytes: 32 * 1024,
  checkpointBytes: 128 * 1024,
}).open({ clock, tell() {} });

let seq = 0;
let acknowledged = 0;
let stopping = false;

process.stdin.on("data", () => process.stdout.write(`${acknowledged}\n`));
process.stdin.on("end", () => {
  stopping = true;
});

function append() {
  const number = ++seq;
  const data = new TextEncoder().encode(`${number}`.padStart(200));
  const tail = { kind: "tail", id: "count", seq: number, data };
  const batch = number % 10 === 0 ? [tail, { kind: "base", id: "count", seq: number, data }] : [tail];
  return store.append(batch).then(() => {
    acknowledged = Math.max(acknowledged, number);
  });
}

async function lane() {
  while (!stopping) await append();
}

await Promise.all(Array.from({ length: 32 }, lane));
await store.close();
