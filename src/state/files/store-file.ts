import { HoldfastError } from "../../errors.js";
import type { Disk } from "../disk/disk.js";
import type { Encryption } from "../privacy/encryption.js";
import type { Sealer } from "../privacy/sealer.js";
import { sealKnown } from "../privacy/sealing.js";
import { type FileHeader, FORMAT, HEADER_BYTES, parseFileHeader } from "./file-header.js";

/** A file of a store, as far as it is believed. */
export interface StoreFile {
  readonly path: string;
  readonly header: FileHeader;
  /** The checksum of its header, which those of its records go on from: a record of another file is none of this one. */
  readonly seed: number;
  /** Where what is durable of it ends. */
  end: number;
  readonly sealer: Sealer | undefined;
}

/** Where a record lies. */
export interface RecordPlace {
  readonly file: StoreFile;
  readonly offset: number;
  readonly size: number;
}

/** What every record of a sealed file is authenticated with: its header, so that nothing of that can be changed either. */
export function aboutFile({ kind, number, storeId, firstBatch, previousEnd }: Omit<FileHeader, "seal">): string {
  return [FORMAT, kind, number, Buffer.from(storeId).toString("hex"), firstBatch, previousEnd].join(" ");
}

/**
 * A file by its header; `end` is its size.
 * @returns undefined where it has no whole header of its own
 * @throws HoldfastError StoreDamaged: of a newer format, or sealed with a key that is not given
 */
export async function openStoreFile(
  disk: Disk,
  path: string,
  expected: Pick<FileHeader, "kind" | "number">,
  encryption: Encryption | undefined,
): Promise<StoreFile | undefined> {
  const parsed = parseFileHeader(await disk.read(path, 0, HEADER_BYTES), `${disk.about}/${path}`);
  if (!parsed || parsed.header.kind !== expected.kind || parsed.header.number !== expected.number) return undefined;
  const { header, seed } = parsed;
  const file = `${disk.about}/${path}`;
  const sealer =
    header.seal.length === 0 ? undefined : await sealKnown(encryption, header.seal, aboutFile(header), file);
  return { path, header, seed, end: await disk.size(path), sealer };
}

/** @param at where in the file, bytes from its beginning */
export function damaged(disk: Disk, path: string, at: number, why: string): HoldfastError {
  const file = `${disk.about}/${path}`;
  return new HoldfastError(
    "StoreDamaged",
    `${file} is damaged at byte ${at}: ${why}. Nothing was changed: repair the disk it is on, or restore a backup`,
    { details: { file, offset: at } },
  );
}
