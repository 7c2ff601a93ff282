import { createHash } from "node:crypto";
import { HoldfastError } from "../../errors.js";
import type { Disk, DiskLock } from "../disk/disk.js";
import { type Manifest, manifestText, parseManifest } from "./manifest.js";

/**
 * A folder of backups. What is in it never changes, it only comes and goes:
 *
 *   backup-000042-20260501T120000Z.manifest     names the pieces of every file; a backup is there once this is
 *   parts/7d/7d86…                              a piece, called by its SHA-256: stored once, whoever needs it
 *   new-1.tmp                                   not yet there; whatever has this name at the next opening goes
 *
 *   pieces: new ─▸ sync ─▸ rename ─▸ parts/7d synced ─▸ manifest: new ─▸ sync ─▸ rename ─▸ folder synced
 */
export class Repository {
  readonly #disk: Disk;
  /** Folders of pieces that the next manifest names: their names may not be durable yet. */
  readonly #unsynced = new Set<string>();
  #made = 0;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  get about(): string {
    return this.#disk.about;
  }

  /** Makes the folder where there is none, takes it for this process, and clears what a backup left that did not end. */
  async take(): Promise<DiskLock> {
    await this.#disk.makeFolder("");
    const lock = await this.#disk.lock();
    try {
      await this.#disk.makeFolder(PARTS);
      for (const name of await this.#disk.list("")) {
        if (/^new-\d+\.tmp$/.test(name)) await this.#disk.remove(name);
      }
      return lock;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** The names of all backups, the oldest first. Empty where the folder is, or is not there. */
  async names(): Promise<string[]> {
    const names = await this.#list("");
    return names.filter((name) => NAME.test(name)).sort((one, other) => numberOf(one) - numberOf(other));
  }

  /** @throws HoldfastError StoreDamaged */
  async manifest(name: string): Promise<Manifest> {
    const file = `${this.about}/${name}`;
    const text = Buffer.from(await this.#disk.read(name, 0, await this.#disk.size(name))).toString("utf8");
    const manifest = parseManifest(text, file);
    if (manifestName(manifest) === name) return manifest;
    throw new HoldfastError("StoreDamaged", `${file} is damaged: it was written as ${manifestName(manifest)}`, {
      details: { file, reason: "damage" },
    });
  }

  /**
   * Keeps a piece that is not kept yet.
   * @param reread whether one that is there is looked at, and written anew where it is damaged
   * @returns bytes written
   */
  async put(bytes: Uint8Array, sum: string, reread: boolean): Promise<number> {
    const path = partPath(sum);
    const folder = path.slice(0, path.lastIndexOf("/"));
    // Also for a piece that is there already: a backup may have been killed after it was renamed, before it was synced.
    this.#unsynced.add(folder);
    if (reread ? await this.#isWhole(sum, bytes.length) : (await this.#size(path)) === bytes.length) return 0;
    await this.#disk.makeFolder(folder);
    await this.#write(path, bytes);
    return bytes.length;
  }

  /** @throws HoldfastError StoreDamaged where the piece is missing or is not what it is called by */
  async part(sum: string, length: number): Promise<Uint8Array> {
    const path = partPath(sum);
    const bytes = await this.#disk.read(path, 0, length + 1).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") throw damagedPart(this.about, path, "is missing");
      throw error;
    });
    if (bytes.length !== length) throw damagedPart(this.about, path, "has another length");
    if (sha256(bytes) !== sum) throw damagedPart(this.about, path, "has another checksum");
    return bytes;
  }

  /** From here on the backup is there. */
  async commit(manifest: Manifest): Promise<string> {
    const name = manifestName(manifest);
    for (const folder of [...this.#unsynced, PARTS, ""]) await this.#disk.syncFolder(folder);
    this.#unsynced.clear();
    await this.#write(name, Buffer.from(manifestText(manifest)));
    await this.#disk.syncFolder("");
    return name;
  }

  /** A backup is gone when this resolves; its pieces stay until `collect`. */
  async remove(name: string): Promise<void> {
    await this.#disk.remove(name);
    await this.#disk.syncFolder("");
  }

  /** Removes the pieces that are not named. @returns bytes freed */
  async collect(named: ReadonlySet<string>): Promise<number> {
    let freed = 0;
    for (const folder of await this.#list(PARTS)) {
      for (const sum of await this.#list(`${PARTS}/${folder}`)) {
        if (!SUM.test(sum) || named.has(sum)) continue;
        freed += await this.#disk.size(partPath(sum));
        await this.#disk.remove(partPath(sum));
      }
    }
    return freed;
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    const temporary = `new-${++this.#made}.tmp`;
    const file = await this.#disk.create(temporary);
    try {
      await file.append([bytes]);
      await file.sync();
    } catch (error) {
      await file.close();
      await this.#disk.remove(temporary).catch(() => {});
      throw error;
    }
    await file.close();
    await this.#disk.rename(temporary, path);
    await this.#disk.sealed(path);
  }

  async #isWhole(sum: string, length: number): Promise<boolean> {
    try {
      await this.part(sum, length);
      return true;
    } catch {
      return false;
    }
  }

  async #size(path: string): Promise<number> {
    return this.#disk.size(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return -1;
      throw error;
    });
  }

  async #list(path: string): Promise<string[]> {
    return this.#disk.list(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
      throw error;
    });
  }
}

const PARTS = "parts";
const SUM = /^[0-9a-f]{64}$/;
const NAME = /^backup-(\d{6,15})-\d{8}T\d{6}Z\.manifest$/;

/** backup-000042-20260501T120000Z.manifest */
function manifestName({ number, at }: Manifest): string {
  const time = new Date(at).toISOString().replace(/[-:]|\.\d+/g, "");
  return `backup-${String(number).padStart(6, "0")}-${time}.manifest`;
}

/** The number of a backup, from its manifest's name. */
export function numberOf(name: string): number {
  return Number(NAME.exec(name)?.[1]);
}

/** "000042-20260501T120000Z", from its manifest's name. */
export function idOf(name: string): string {
  return name.slice("backup-".length, -".manifest".length);
}

/** In folders by their first two letters: a card's file system holds few files in each. */
function partPath(sum: string): string {
  return `${PARTS}/${sum.slice(0, 2)}/${sum}`;
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function damagedPart(about: string, path: string, why: string): HoldfastError {
  const file = `${about}/${path}`;
  return new HoldfastError("StoreDamaged", `${file} ${why}`, { details: { file, reason: "damage" } });
}
