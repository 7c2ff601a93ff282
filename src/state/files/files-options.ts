import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import { type BackupSchedule, checkSchedule } from "../backup/scheduled-backups.js";
import { checkEncryption, type Encryption } from "../privacy/encryption.js";
import type { Degraded } from "../redundancy/members.js";

/** When a change counts as durable. */
export type SyncMode =
  /** When it is on the disk. What comes while one sync of the disk runs goes together with the next: cheap under load. */
  | "group"
  /** When it is on the disk, with a sync of its own each. Nothing is gained by it but a figure to compare with. */
  | "each"
  /** When the operating system has it: the fastest. A crash of the process loses nothing, a power cut the last seconds. */
  | "lost-at-power-cut";

export interface FilesOptions {
  /** Default "group". */
  readonly sync?: SyncMode;
  /** A journal file that has grown to so many bytes is followed by a new one. Default 32 MiB. */
  readonly segmentBytes?: number;
  /**
   * A checkpoint is made when the journal since the last one has so many bytes, and as many as all that is kept. Default
   * 32 MiB. It bounds the disk, and how long opening takes.
   */
  readonly checkpointBytes?: number;
  /** Seals what is stored with AES-256-GCM. Default: none, files that their owner alone may read. */
  readonly encryption?: Encryption;
  /** Backups that it makes of itself while it is open. Default: none. */
  readonly backup?: BackupSchedule;
  /** Of several folders: how many may be lost without losing anything. Default 1. */
  readonly parity?: number;
  /** Of several folders, when one fails: "go-on" (default) without it, and tell; or "refuse" what cannot be kept as safe. */
  readonly degraded?: Degraded;
}

/** The options with every default filled in. */
export interface FilesSettings {
  readonly sync: SyncMode;
  readonly segmentBytes: number;
  readonly checkpointBytes: number;
  readonly encryption: Encryption | undefined;
  readonly backup: BackupSchedule | undefined;
}

const known: KeysOf<FilesOptions> = {
  sync: true,
  segmentBytes: true,
  checkpointBytes: true,
  encryption: true,
  backup: true,
  parity: true,
  degraded: true,
};
const modes: readonly SyncMode[] = ["group", "each", "lost-at-power-cut"];

/**
 * Bytes of a journal file. File systems find room for a file slowly at first: with 8 MiB, a tenth of the syncs took ten times as
 * long as the others, and half as much was stored a second. It is also what is read to tell whether a tail is torn.
 */
export const DEFAULT_SEGMENT_BYTES = 32 * 1024 * 1024;

/** Bytes of journal between two checkpoints: opening reads them in less than a second, an SD card keeps them easily. */
export const DEFAULT_CHECKPOINT_BYTES = 32 * 1024 * 1024;

/** Positions in a journal file take 32 bits, and one group more than the bound may come. */
const LARGEST_SEGMENT = 1024 * 1024 * 1024;

/** @throws HoldfastError InvalidSpec naming the field */
export function filesSettings(options: FilesOptions): FilesSettings {
  onlyKnownKeys(options, known, "files()");
  const { sync = "group", encryption, backup } = options;
  if (!modes.includes(sync)) throw invalid("sync", sync, `one of ${modes.map((mode) => `"${mode}"`).join(", ")}`);
  if (encryption !== undefined) checkEncryption(encryption, "files().encryption");
  if (backup !== undefined) checkSchedule(backup, "files().backup");
  return {
    sync,
    segmentBytes: bytesOf("segmentBytes", options.segmentBytes ?? DEFAULT_SEGMENT_BYTES, LARGEST_SEGMENT),
    checkpointBytes: bytesOf("checkpointBytes", options.checkpointBytes ?? DEFAULT_CHECKPOINT_BYTES, 2 ** 48),
    encryption,
    backup,
  };
}

function bytesOf(key: string, value: unknown, most: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= 1024 && (value as number) <= most) return value as number;
  throw invalid(key, value, `bytes as an integer from 1024 to ${most}`);
}

function invalid(key: string, value: unknown, say: string): HoldfastError {
  const field = `files().${key}`;
  return new HoldfastError("InvalidSpec", `${field} is ${shown(value)}: give ${say}`, { details: { field } });
}
