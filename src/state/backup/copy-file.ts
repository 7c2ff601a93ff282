import { createHash } from "node:crypto";
import { HoldfastError } from "../../errors.js";
import type { Disk } from "../disk/disk.js";
import { PART_BYTES } from "./backup-options.js";
import type { BackedUpFile } from "./manifest.js";
import { type Repository, sha256 } from "./repository.js";

export interface CopyOptions {
  /** Pieces that are there already are read and compared, too. */
  readonly reread: boolean;
  /** Of one piece: bytes read, and bytes that had to be written. @throws to stop between two pieces */
  told(read: number, written: number): void;
}

/**
 * Copies the first `bytes` bytes of a file into a folder of backups, piece by piece.
 * @throws HoldfastError StoreDamaged where the file ends before
 */
export async function copyFile(
  source: Disk,
  name: string,
  bytes: number,
  repository: Repository,
  options: CopyOptions,
): Promise<BackedUpFile> {
  const whole = createHash("sha256");
  const parts: string[] = [];
  for (let at = 0; at < bytes; at += PART_BYTES) {
    const length = Math.min(PART_BYTES, bytes - at);
    const piece = await source.read(name, at, length);
    if (piece.length < length) {
      const file = `${source.about}/${name}`;
      throw new HoldfastError("StoreDamaged", `${file} became shorter while it was copied`, { details: { file } });
    }
    const sum = sha256(piece);
    whole.update(piece);
    parts.push(sum);
    options.told(piece.length, await repository.put(piece, sum, options.reread));
  }
  return { name, bytes, sha256: whole.digest("hex"), parts };
}
