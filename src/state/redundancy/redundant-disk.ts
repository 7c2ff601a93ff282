import { randomBytes } from "node:crypto";
import { HoldfastError } from "../../errors.js";
import type { Disk, DiskFile, DiskLock } from "../disk/disk.js";
import { claimSet } from "./claim-set.js";
import { Copies } from "./copies.js";
import { chainStart, copyHeader, type ObjectBirth } from "./copy-format.js";
import { bornOf, type FoundObject, findObject } from "./find-object.js";
import { GrowingFile } from "./growing-file.js";
import { dropRest } from "./heal.js";
import { folderOf, ifThere, isOfProcess, type Member, suffixes } from "./member.js";
import type { Members } from "./members.js";
import { lookAtSet } from "./open-set.js";
import { type RedundantOptions, type RedundantSettings, redundantSettings } from "./redundant-options.js";
import { removeShards } from "./remove-shards.js";
import type { ScrubOptions } from "./scrub.js";
import { scrubFiles } from "./scrub-files.js";
import type { ScrubReport } from "./scrub-report.js";
import { BLOCK_BYTES, type ShardedObject } from "./shard-format.js";
import { SUPERBLOCK } from "./superblock.js";
import { Turns } from "./turns.js";
import { joined, namesIn, walk } from "./walk.js";
import { type ByteSource, placeShards, writeShards } from "./write-shards.js";

/**
 * Several disks as one, of which any `parity` may be lost. What grows is kept whole on every disk; what is sealed is cut into
 * shards, one on each:
 *
 *   create, append, sync ─▸ every disk: journal-7.log.copy       sealed ─▸ one shard each: journal-7.log.shard
 *
 * Without its lock it can be read, as it is at the moment; it is changed by the one that holds the lock.
 * @throws HoldfastError InvalidSpec for options that cannot be
 */
export class RedundantDisk implements Disk {
  readonly about: string;
  readonly #disks: readonly Disk[];
  readonly #settings: RedundantSettings;
  /** Of the holder of the lock. */
  #members: Members | undefined;
  /** What readers saw last. */
  #readable: readonly Member[] | undefined;
  readonly #found = new Map<string, FoundObject>();
  readonly #turns = new Turns();
  /** The number of the last object that was made. */
  #born = 0;

  constructor(disks: readonly Disk[], options: RedundantOptions) {
    this.#settings = redundantSettings(disks.length, options);
    this.#disks = disks;
    this.about = `${disks.map(({ about }) => about).join(" + ")} (any ${this.#settings.parity} may be lost)`;
  }

  /** The disks that have everything, while the lock is held. */
  get members(): Members {
    if (!this.#members) throw new Error(`${this.about} is written without its lock`);
    return this.#members;
  }

  async lock(): Promise<DiskLock> {
    const locks: DiskLock[] = [];
    const release = async () => {
      this.#members = undefined;
      this.#found.clear();
      await Promise.all(locks.splice(0).map((lock) => lock.release().catch(() => {})));
    };
    try {
      for (const disk of this.#disks) {
        try {
          locks.push(await disk.lock());
        } catch (error) {
          // A disk that is away has no owner.
          if (error instanceof HoldfastError || isOfProcess(error)) throw error;
        }
      }
      this.#members = await claimSet(this.#disks, this.#settings);
      this.#born = await latestBirth(this.#members.inSync);
      this.#found.clear();
    } catch (error) {
      await release();
      throw error;
    }
    const takenOver = locks.flatMap((lock) => lock.takenOver ?? []);
    return { release, takenOver: takenOver.length === 0 ? undefined : takenOver.join("; ") };
  }

  async makeFolder(path: string): Promise<void> {
    if (path !== "") return this.members.all(({ disk }) => disk.makeFolder(path));
    // Of a set that is there already none is made: an empty folder where a disk is not mounted is none of its disks.
    const names = await Promise.all(this.#disks.map((disk) => disk.list("").catch(() => [])));
    if (names.flat().includes(SUPERBLOCK)) return;
    for (const disk of this.#disks) await disk.makeFolder("");
  }

  async list(path: string): Promise<string[]> {
    const members = await this.#reading();
    const { files, folders } = await namesIn(members, path);
    const real = [...folders];
    for (const [name, kinds] of files) {
      if (!kinds.has("copy") && !kinds.has("shard")) continue;
      // What was interrupted while it was removed is no file any more.
      if (!kinds.has("gone") || (await this.#find(joined(path, name)))) real.push(name);
    }
    // Nothing at all: an empty folder, or none.
    if (real.length === 0) await (members[0]?.disk ?? this.#disks[0]!).list(path);
    return real;
  }

  async size(path: string): Promise<number> {
    const found = await this.#object(path, true);
    if (found.kind === "sealed") return found.shards.object.size;
    return (await found.copies.scan()).logical;
  }

  async read(path: string, from: number, length: number): Promise<Uint8Array> {
    const found = await this.#object(path, false);
    try {
      return await this.#readFrom(found, from, length);
    } catch (error) {
      // It may have been sealed meanwhile, or replaced. If it is as it was, it is what failed.
      const again = await this.#object(path, true).catch(() => undefined);
      if (!again) throw error;
      return this.#readFrom(again, from, length);
    }
  }

  create(path: string): Promise<DiskFile> {
    return this.#turns.take([path], () => this.#create(path));
  }

  async #create(path: string): Promise<DiskFile> {
    const { members } = this;
    if (await this.#find(path)) {
      throw Object.assign(new Error(`EEXIST: ${path} is on ${this.about} already`), { code: "EEXIST" });
    }
    const birth = { id: randomBytes(16).toString("hex"), born: ++this.#born };
    const header = copyHeader(birth);
    const files = new Map<Member, DiskFile>();
    try {
      await members.all(async (member) => {
        await dropRest(path, undefined, member);
        const file = await member.disk.create(path + suffixes.copy);
        files.set(member, file);
        await file.append([header]);
        await file.sync();
      });
    } catch (error) {
      // On some it may be there: whoever tries again must not find it.
      for (const [member, file] of files) {
        await file.close().catch(() => {});
        await member.disk.remove(path + suffixes.copy).catch(() => {});
      }
      throw error;
    }
    const copies = new Copies(path, birth, chainStart(header), members.inSync, this.#believed);
    this.#found.set(path, { kind: "growing", copies });
    return new GrowingFile(members, files, copies);
  }

  async open(path: string): Promise<DiskFile> {
    const { members } = this;
    const found = await this.#object(path, true);
    if (found.kind !== "growing") throw new Error(`${path} is sealed: it does not change any more`);
    await found.copies.scan();
    return GrowingFile.open(members, path, found.copies);
  }

  rename(from: string, to: string): Promise<void> {
    return this.#turns.take([from, to], () => this.#rename(from, to));
  }

  async #rename(from: string, to: string): Promise<void> {
    const { members } = this;
    const found = await this.#object(from, true);
    if (found.kind === "sealed") throw new Error(`${from} is sealed: it keeps its name`);
    const over = await this.#find(to);
    if (over?.kind === "sealed" && bornOf(over) > bornOf(found))
      throw new Error(`${to} is sealed, and later than ${from}`);
    await members.all(({ disk }) => disk.rename(from + suffixes.copy, to + suffixes.copy));
    this.#found.delete(from);
    this.#found.delete(to);
    if (over?.kind !== "sealed") return;
    // What takes the place must be durable before what was there goes: names reach a disk in any order.
    await this.syncFolder(folderOf(to));
    await removeShards(members, to);
  }

  remove(path: string): Promise<void> {
    return this.#turns.take([path], () => this.#remove(path));
  }

  async #remove(path: string): Promise<void> {
    const { members } = this;
    const found = await this.#find(path);
    this.#found.delete(path);
    if (!found) return members.all(({ disk }) => disk.remove(path));
    if (found.kind === "sealed") await removeShards(members, path);
    await members.all(({ disk }) => ifThere(disk.remove(path + suffixes.copy)));
  }

  syncFolder(path: string): Promise<void> {
    return this.members.all(({ disk }) => disk.syncFolder(path));
  }

  /** From here on the file is kept as shards. */
  sealed(path: string): Promise<void> {
    return this.#turns.take([path], () => this.#seal(path));
  }

  async #seal(path: string): Promise<void> {
    const { members } = this;
    const found = await this.#object(path, true);
    if (found.kind !== "growing") return;
    const { copies } = found;
    await copies.scan();
    await this.#shard(path, { ...copies.birth, size: copies.end.logical }, copies);
    await members.all(({ disk }) => disk.remove(path + suffixes.copy));
    await members.all(({ disk }) => disk.syncFolder(folderOf(path)));
  }

  /** A file whole, sealed from the start, in place of what was there. Durable when this resolves. */
  write(path: string, source: ByteSource & { readonly size: number }): Promise<void> {
    return this.#turns.take([path], async () => {
      const over = await this.#find(path);
      const birth = { id: randomBytes(16).toString("hex"), born: ++this.#born };
      await this.#shard(path, { ...birth, size: source.size }, source);
      if (over?.kind === "sealed" || !over) return;
      await this.members.all(({ disk }) => ifThere(disk.remove(path + suffixes.copy)));
    });
  }

  async #shard(path: string, birth: ObjectBirth & { readonly size: number }, source: ByteSource): Promise<void> {
    const { members } = this;
    const { disks, parity } = members.superblock;
    const object: ShardedObject = { ...birth, data: disks - parity, parity, block: BLOCK_BYTES };
    await writeShards(members, path, object, source);
    await placeShards(members, path);
    this.#found.delete(path);
  }

  /**
   * Reads all that is sealed, checks it, and with `repair` makes again what is damaged; while the disk is in use.
   * What grows proves itself whenever it is read.
   */
  async scrub({ repair = false, onProgress = () => {} }: Omit<ScrubOptions, "tell"> = {}): Promise<ScrubReport> {
    const alone = <T>(path: string, act: () => Promise<T>) => this.#turns.take([path], act);
    const result = await scrubFiles({ members: this.members.inSync, repair, sealedOnly: true, alone, onProgress });
    const { inSync } = this.members;
    const disks = this.#disks.map((disk) => ({
      disk: disk.about,
      state: inSync.some((member) => member.disk === disk) ? ("in sync" as const) : ("outdated" as const),
    }));
    return { ...result, disks };
  }

  async #readFrom(found: FoundObject, from: number, length: number): Promise<Uint8Array> {
    if (found.kind === "sealed") return found.shards.read(from, length);
    const { copies } = found;
    if (from + length > copies.end.logical) await copies.scan();
    return copies.read(from, length);
  }

  /** What a path is; the writer knows what it made itself. */
  async #object(path: string, again: boolean): Promise<FoundObject> {
    const known = this.#found.get(path);
    if (known && !again) return known;
    const found = await this.#find(path, again);
    if (!found) throw Object.assign(new Error(`ENOENT: no ${path} on ${this.about}`), { code: "ENOENT" });
    this.#found.set(path, found);
    return found;
  }

  async #find(path: string, again = true): Promise<FoundObject | undefined> {
    return findObject(await this.#reading(again), path, this.#believed);
  }

  /** Of a disk that is left out what it has may be old; a reader looks anew instead. */
  readonly #believed = (member: Member) => this.#members?.inSync.includes(member) ?? true;

  async #reading(again = true): Promise<readonly Member[]> {
    if (this.#members) return this.#members.inSync;
    if (this.#readable && !again) return this.#readable;
    const set = await lookAtSet(this.#disks, this.#settings.parity);
    this.#readable = set?.inSync ?? [];
    return this.#readable;
  }
}

async function latestBirth(members: readonly Member[]): Promise<number> {
  let latest = 0;
  for await (const { path, files } of walk(members)) {
    for (const name of files.keys()) {
      const found = await findObject(members, joined(path, name));
      if (found) latest = Math.max(latest, bornOf(found));
    }
  }
  return latest;
}
