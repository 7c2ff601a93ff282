import type { Disk } from "../disk/disk.js";
import { decodeBatch } from "../files/batch-codec.js";
import { HEADER_BYTES } from "../files/file-header.js";
import { aboutFile, damaged } from "../files/store-file.js";
import type { Encryption } from "../privacy/encryption.js";
import { parseSealHeader } from "../privacy/seal-header.js";
import { sealKnown } from "../privacy/sealing.js";
import { type CheckPayload, inspectFile } from "./inspect-file.js";
import { type FoundFile, storeFiles } from "./store-files.js";

export interface Inspection {
  readonly files: number;
  readonly bytes: number;
  readonly records: number;
  /** Whether the records could be read: they are not sealed, or the keys were given. Else their checksums were. */
  readonly opened: boolean;
  /** Bytes at the end of the last journal that are no whole record: being written, or torn by a power cut. */
  readonly tornBytes: number;
}

/** @param listing what is going to be read, before it is */
export interface InspectOptions {
  readonly encryption?: Encryption | undefined;
  /** What is going to be read. */
  readonly listed?: (files: readonly FoundFile[]) => void;
  readonly told?: (bytes: number) => void;
}

/**
 * Reads every byte of a store without opening it: also one that is in use, one whose key is not there, and one that lies in a
 * backup.
 * @throws HoldfastError StoreDamaged naming file and byte; InvalidSpec where there is no store. ENOENT where a file went
 * meanwhile
 */
export async function inspectStore(disk: Disk, options: InspectOptions = {}): Promise<Inspection> {
  const files = await storeFiles(disk);
  options.listed?.(files);
  let nextBatch = files[0]!.header.kind === "checkpoint" ? files[0]!.header.firstBatch : 1;
  let records = 0;
  let bytes = 0;
  let tornBytes = 0;
  for (const file of files) {
    const checkpoint = file.header.kind === "checkpoint";
    if (!checkpoint && file.header.firstBatch !== nextBatch) {
      const { firstBatch } = file.header;
      throw damaged(disk, file.path, 18, `it begins with batch ${firstBatch} where ${nextBatch} is due`);
    }
    const check = await payloadCheck(disk, file, options.encryption);
    options.told?.(HEADER_BYTES);
    // The records of a checkpoint are numbered by themselves.
    const read = await inspectFile(disk, file, checkpoint ? 1 : nextBatch, check, options.told);
    if (!checkpoint) nextBatch = read.nextBatch;
    records += read.records;
    bytes += read.end;
    tornBytes += file.end - read.end;
  }
  const sealed = files.some(({ header }) => header.seal.length > 0);
  return { files: files.length, bytes, records, tornBytes, opened: !sealed || options.encryption !== undefined };
}

/** The ids of the keys that files are sealed with. @throws HoldfastError StoreDamaged */
export function sealKeys(disk: Disk, files: readonly FoundFile[]): string[] {
  const sealed = files.filter(({ header }) => header.seal.length > 0);
  return [...new Set(sealed.map(({ header, path }) => parseSealHeader(header.seal, `${disk.about}/${path}`).keyId))];
}

async function payloadCheck(disk: Disk, file: FoundFile, encryption: Encryption | undefined): Promise<CheckPayload> {
  const { header, path } = file;
  const sealed = header.seal.length > 0;
  // Without its key the checksum has to do.
  if (sealed && !encryption) return () => {};
  const sealer = sealed
    ? await sealKnown(encryption, header.seal, aboutFile(header), `${disk.about}/${path}`)
    : undefined;
  return ({ payload, offset }) => {
    if (decodeBatch(sealer ? sealer.open(payload, offset) : payload)) return;
    throw damaged(disk, path, offset, "the record there is no batch of changes");
  };
}
