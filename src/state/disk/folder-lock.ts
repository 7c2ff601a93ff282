import { open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { HoldfastError } from "../../errors.js";
import type { DiskLock } from "./disk.js";
import { processStart } from "./process-identity.js";

/**
 * One opener per folder. A lock is a file whose name says whose it is, so that it is there whole or not at all, whatever
 * happens to its maker:
 *
 *   make LOCK-<pid>-<start>-<n>  ─▸  list  ─▸  no other, or none whose process lives: it is ours
 *                                        └─▸  another that lives: take ours away, StoreInUse
 *
 * Of two that come at once the later to make its file sees the other's: never both. Both may see each other; then the one whose
 * name sorts first tries again, and the other leaves.
 */
export async function lockFolder(folder: string): Promise<DiskLock> {
  for (let attempt = 1; ; attempt++) {
    const own = await makeOwn(folder);
    const release = () => rm(join(folder, own), { force: true });
    try {
      const { owner, gone } = await otherLocks(folder, own);
      if (owner === undefined) {
        await Promise.all(gone.map((name) => rm(join(folder, name), { force: true })));
        return { release, takenOver: gone.length === 0 ? undefined : `its owner is no more: ${gone.join(", ")}` };
      }
      if (owner < own || attempt === ATTEMPTS) throw inUse(folder, owner);
      await release();
    } catch (error) {
      await release();
      throw error;
    }
  }
}

/** As many as the other needs to leave, many times over. */
const ATTEMPTS = 10;

async function makeOwn(folder: string): Promise<string> {
  const start = await processStart(process.pid);
  for (;;) {
    const own = `LOCK-${process.pid}-${start}-${++made}`;
    try {
      await (await open(join(folder, own), "wx", 0o600)).close();
      return own;
    } catch (error) {
      // Another thread of this process, or another copy of the package, counts for itself.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** Counts the locks of this process, so that each has a name of its own. */
let made = 0;

async function otherLocks(folder: string, own: string): Promise<{ owner: string | undefined; gone: string[] }> {
  const gone: string[] = [];
  let owner: string | undefined;
  for (const name of await readdir(folder)) {
    const lock = lockName.exec(name);
    if (!lock || name === own) continue;
    if ((await processStart(Number(lock[1]))) === lock[2]) owner = name;
    else gone.push(name);
  }
  return { owner, gone };
}

const lockName = /^LOCK-(\d+)-([^-]+)-\d+$/;

function inUse(folder: string, owner: string): HoldfastError {
  const pid = Number(lockName.exec(owner)![1]);
  const who = pid === process.pid ? `this process (pid ${pid}) already` : `the process with pid ${pid}`;
  return new HoldfastError(
    "StoreInUse",
    `${folder} is open in ${who}: one opener at a time. Stop that one, or give this one a folder of its own` +
      (owner.includes("-0-") ? ` (where pid ${pid} is something else by now, remove ${join(folder, owner)})` : ""),
    { details: { folder, pid } },
  );
}
