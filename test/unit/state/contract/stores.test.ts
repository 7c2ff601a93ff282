import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { files } from "../../../../src/state/files/files.js";
import type { FilesOptions } from "../../../../src/state/files/files-options.js";
import { lmdb } from "../../../../src/state/lmdb-store.js";
import { memory } from "../../../../src/state/memory-store.js";
import { storeContract } from "./store-contract.js";

/** A folder that is not there yet, and that is gone after the test. */
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "holdfast-store-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return join(made, "state");
}

storeContract("memory()", () => {
  const store = memory();
  return () => store;
});

/** Journals and checkpoints so small that a test goes through many. */
const small = { segmentBytes: 4096, checkpointBytes: 16_384 };
const encryption = { current: "one", key: () => "1f".repeat(32) };

const settings: [name: string, options: FilesOptions][] = [
  ["files()", {}],
  ["files() with small journals", small],
  ["files(), a sync for each", { sync: "each", ...small }],
  ["files() that leave syncing to the system", { sync: "lost-at-power-cut", ...small }],
  ["files() that are sealed", { encryption, ...small }],
];
for (const [name, options] of settings) {
  storeContract(name, () => {
    const at = folder();
    return () => files(at, options);
  });
}

storeContract("files() over several folders", () => {
  const at = folder();
  const folders = [1, 2, 3].map((i) => `${at}-${i}`);
  return () => files(folders, { parity: 1, ...small });
});

storeContract("lmdb()", () => {
  const at = folder();
  return () => lmdb(at);
});
