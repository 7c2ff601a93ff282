import process from "node:process";
import { files, lmdb } from "holdfast/state";

/* Opens a store once, as somebody who is not root: opening.mjs KIND FOLDER. Says how it went, as JSON. */
const [kind, folder] = process.argv.slice(2);
const clock = { now: () => 0, wallTime: () => 0, after: () => ({ cancel() {} }) };
// All that is imported later must be loaded while everything may be read.
await import("lmdb");
if (process.getuid() === 0) {
  process.setgid(65_534);
  process.setuid(65_534);
}
const store = kind === "lmdb" ? lmdb(folder) : files(folder);
try {
  const open = await store.open({ clock, tell: () => {} });
  await open.close();
  console.log(JSON.stringify({ opened: true }));
} catch ({ code, message, details }) {
  console.log(JSON.stringify({ code, message, details }));
}
