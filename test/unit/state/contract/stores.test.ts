import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
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

storeContract("lmdb()", () => {
  const at = folder();
  return () => lmdb(at);
});
