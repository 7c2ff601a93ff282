import type { DiskFile } from "../disk/disk.js";
import type { Copies, Mark } from "./copies.js";
import { FRAME_HEADER_BYTES, frameHeader, inFrames } from "./copy-format.js";
import { type Member, suffixes } from "./member.js";
import type { Members } from "./members.js";

/** A file that grows on every disk of a set. */
export class GrowingFile implements DiskFile {
  readonly #members: Members;
  readonly #files: ReadonlyMap<Member, DiskFile>;
  readonly #copies: Copies;
  /** Where the last append that all took ends. */
  #end: Mark;
  /** As much of every copy is durable. */
  #synced: number;
  /** An append failed: what lies behind the end differs from disk to disk. */
  #uneven = false;

  constructor(members: Members, files: ReadonlyMap<Member, DiskFile>, copies: Copies) {
    this.#members = members;
    this.#files = files;
    this.#copies = copies;
    this.#end = copies.end;
    this.#synced = copies.end.physical;
  }

  /** Opens the copies of every disk; they are equal. */
  static async open(members: Members, path: string, copies: Copies): Promise<GrowingFile> {
    const files = new Map<Member, DiskFile>();
    try {
      await members.all(async (member) => {
        files.set(member, await member.disk.open(path + suffixes.copy));
      });
    } catch (error) {
      for (const file of files.values()) await file.close().catch(() => {});
      throw error;
    }
    return new GrowingFile(members, files, copies);
  }

  async append(chunks: readonly Uint8Array[]): Promise<void> {
    await this.#even();
    const parts: Uint8Array[] = [];
    let { logical, physical, chain } = this.#end;
    for (const payload of inFrames(chunks)) {
      const header = frameHeader(payload, chain, this.#synced);
      parts.push(header, ...payload);
      const length = payload.reduce((sum, part) => sum + part.length, 0);
      logical += length;
      physical += FRAME_HEADER_BYTES + length;
      chain = header.readUInt32LE(20);
    }
    if (parts.length === 0) return;
    this.#uneven = true;
    await this.#onAll((file) => file.append(parts));
    this.#uneven = false;
    this.#end = { logical, physical, chain };
  }

  async sync(): Promise<void> {
    const { physical } = this.#end;
    await this.#onAll((file) => file.sync());
    this.#synced = physical;
  }

  async truncate(size: number): Promise<void> {
    await this.#even();
    if (size >= this.#end.logical) return;
    await this.#copies.scan();
    let cut = this.#copies.before(size);
    let kept: Uint8Array | undefined;
    for await (const { at, next, bytes } of this.#copies.frames(cut)) {
      cut = at;
      if (next.logical > size) {
        kept = bytes.subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + size - at.logical);
        break;
      }
      cut = next;
    }
    this.#end = cut;
    this.#synced = Math.min(this.#synced, cut.physical);
    this.#uneven = true;
    await this.#even();
    this.#copies.cut(cut);
    if (kept && kept.length > 0) await this.append([kept]);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#files.values()].map((file) => file.close().catch(() => {})));
  }

  /** After an append that failed, the copies end where the last good one did. */
  async #even(): Promise<void> {
    if (!this.#uneven) return;
    await this.#onAll((file) => file.truncate(this.#end.physical));
    this.#uneven = false;
  }

  #onAll(act: (file: DiskFile) => Promise<void>): Promise<void> {
    return this.#members.all((member) => act(this.#files.get(member)!));
  }
}
