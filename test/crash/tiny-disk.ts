import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/**
 * A file system of its own, of so many kilobytes, gone after the test.
 * @returns its folder; undefined where this user may not mount
 */
export function tinyDisk(kilobytes: number): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-disk-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  if (!mounted(["-t", "tmpfs", "-o", `size=${kilobytes}k,mode=0777`, "tmpfs", folder])) return undefined;
  onTestFinished(() => void execFileSync("umount", ["--lazy", folder]));
  return folder;
}

/** The same folder once more, where nobody may write. */
export function readOnly(folder: string): string | undefined {
  const place = mkdtempSync(join(tmpdir(), "holdfast-read-only-"));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  if (!mounted(["--bind", folder, place])) return undefined;
  onTestFinished(() => void execFileSync("umount", ["--lazy", place]));
  return mounted(["-o", "remount,bind,ro", place]) ? place : undefined;
}

function mounted(args: readonly string[]): boolean {
  try {
    execFileSync("mount", args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
