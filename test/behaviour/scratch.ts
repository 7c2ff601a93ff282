import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A path in a folder of its own, which is gone after the file's tests. */
export function scratch(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-"));
  folders.push(folder);
  return join(folder, name);
}
