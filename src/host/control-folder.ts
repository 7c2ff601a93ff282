import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A folder for the control files of forked hosts, in memory where there is some: they are written for every message.
 * Its name carries who made it, so that the next program on this machine can remove what a killed one left behind:
 * /dev/shm is small, and nobody else ever empties it.
 */
export function controlFolder(): string {
  return folderOfProcess(existsSync("/dev/shm") ? "/dev/shm" : tmpdir());
}

/**
 * A folder of this process, beside those of others; what killed ones left there is removed.
 * @param kind tells its folders from others of this package: "models-"
 */
export function folderOfProcess(parent: string, kind = ""): string {
  const place = pidNamespace();
  if (place !== undefined) sweep(parent, `holdfast-${kind}${place}`);
  return mkdtempSync(join(parent, `holdfast-${kind}${place ?? "x"}-${process.pid}-`));
}

/** Process numbers mean something only within one namespace: containers may share /dev/shm and not those. */
function pidNamespace(): string | undefined {
  try {
    return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0];
  } catch {
    return undefined;
  }
}

function sweep(parent: string, begin: string): void {
  for (const name of readdirSync(parent)) {
    const pid = new RegExp(`^${begin}-(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(parent, name), { recursive: true, force: true });
  }
}
