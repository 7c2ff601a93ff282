import { resolve } from "node:path";
import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";
import { importPeer } from "../peer.js";
import type { OpenStore, Store, StoreSurroundings } from "../system/durable/store.js";
import type { DiskLock } from "./disk/disk.js";
import { FolderDisk } from "./disk/folder-disk.js";
import { storeFailed } from "./disk/store-failed.js";
import type { Database } from "./lmdb/database.js";
import { FORMAT, FORMAT_KEY } from "./lmdb/keys.js";
import { OpenLmdb } from "./lmdb/open-lmdb.js";
import { readAll } from "./lmdb/read-all.js";

/**
 * A store in an lmdb database: for where a folder of lmdb files is what an operator already knows how to keep. It needs the
 * package `lmdb`. Each transaction is synced before it is acknowledged; every value has a checksum. What lmdb itself needs to
 * find a value has none: where a disk may change bytes in silence, `files()` is the store that notices.
 * @param folder for this store alone; made when it is not there, readable by its owner alone
 * @throws InvalidSpec where the folder is not text
 * @example
 * import { lmdb } from "holdfast/state";
 * const store = lmdb("./state"); // what a system is given: system(tree, { store })
 */
export function lmdb(folder: string): Store {
  if (typeof folder !== "string" || folder === "") {
    throw new HoldfastError("InvalidSpec", `lmdb(folder): the folder is ${shown(folder)}: give a path, "./state"`);
  }
  const path = resolve(folder);
  return { kind: "store", about: `lmdb in ${path}`, open: (around) => openLmdb(path, around) };
}

async function openLmdb(folder: string, around: StoreSurroundings): Promise<OpenStore> {
  const { open } = await importPeer("lmdb", () => import("lmdb"));
  const about = `lmdb in ${folder}`;
  const disk = new FolderDisk(folder);
  let lock: DiskLock | undefined;
  let database: Database | undefined;
  try {
    await disk.makeFolder("");
    // lmdb lets several processes write; actors do not share their state.
    lock = await disk.lock();
    const made = (await disk.list("")).includes("data.mdb");
    database = open(optionsFor(folder)) as unknown as Database;
    await begun(database, made);
    // The file's name is as durable as what is in it.
    await disk.syncFolder("");
    const { release } = lock;
    return new OpenLmdb(database, readAll(database, about), around, { about, release });
  } catch (error) {
    await database?.close();
    await lock?.release();
    throw storeFailed(about, "open it", error);
  }
}

/** `permissionsMode` is lmdb's, though its types do not have it. */
function optionsFor(folder: string) {
  return {
    path: folder,
    noSubdir: false,
    encoding: "binary" as const,
    permissionsMode: 0o600,
    // A commit is told of when it is synced, not when others could see it.
    overlappingSync: false,
    // A batch is one by itself. With one for each turn around it, its failure would be heard by nobody and end the process.
    eventTurnBatching: false,
  };
}

/** A database that is new says which form it is of. */
async function begun(database: Database, wasThere: boolean): Promise<void> {
  if (wasThere && database.get(FORMAT_KEY) !== undefined) return;
  for (const _ of database.getRange({})) return;
  await database.batch(() => {
    void database.put(FORMAT_KEY, Buffer.from(String(FORMAT))).catch(() => {});
  });
}
