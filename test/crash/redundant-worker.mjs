import { createHash } from "node:crypto";
import { openArchive } from "holdfast/state";

/** What version `n` of the file is. */
export function versionOf(n) {
  const seed = createHash("sha256").update(`${n}`).digest();
  return Buffer.alloc(150_000 + 1000 * (n % 50), seed);
}

// Writes version after version, and scrubs in between; says what is durable. Somebody kills it.
if (process.argv[1] === import.meta.filename) {
  const [from, ...folders] = process.argv.slice(2);
  const archive = await openArchive(folders, { parity: 1 });
  console.log("ready");
  for (let n = Number(from); ; n++) {
    await archive.put("model", versionOf(n));
    console.log(n);
    if (n % 3 === 0) await archive.scrub({ repair: true });
  }
}
