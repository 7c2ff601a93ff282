import { HoldfastError } from "../../errors.js";
import type { Disk } from "../disk/disk.js";
import type { Manifest } from "./manifest.js";
import type { Repository } from "./repository.js";

/** A backup as a disk that can only be read: whatever reads a store reads it too. Each piece is checked as it is read. */
export function backupDisk(repository: Repository, manifest: Manifest, about: string): Disk {
  const { partBytes, files } = manifest;
  let held: { sum: string; bytes: Promise<Uint8Array> } | undefined;

  /** Readers go from record to record: the piece they are in is not read again for each. */
  const part = (sum: string, length: number) => {
    if (held?.sum !== sum) held = { sum, bytes: repository.part(sum, length) };
    return held.bytes;
  };

  return {
    about,
    list: async (path) => (path === "" ? files.map(({ name }) => name) : []),
    size: async (path) => fileOf(path).bytes,
    read: async (path, from, length) => {
      const { bytes, parts } = fileOf(path);
      const end = Math.min(bytes, from + length);
      const chunks: Uint8Array[] = [];
      for (let at = from; at < end; ) {
        const index = Math.floor(at / partBytes);
        const start = index * partBytes;
        const piece = await part(parts[index]!, Math.min(partBytes, bytes - start));
        const chunk = piece.subarray(at - start, end - start);
        chunks.push(chunk);
        at += chunk.length;
      }
      return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    },
    lock: readOnly,
    makeFolder: readOnly,
    create: readOnly,
    open: readOnly,
    rename: readOnly,
    remove: readOnly,
    syncFolder: readOnly,
    sealed: readOnly,
  };

  function fileOf(path: string) {
    const file = files.find(({ name }) => name === path);
    if (file) return file;
    throw Object.assign(new Error(`ENOENT: ${about} has no file ${path}`), { code: "ENOENT" });
  }

  async function readOnly(): Promise<never> {
    throw new HoldfastError("InvalidValue", `${about} is a backup: it can only be read, restore it first`);
  }
}
