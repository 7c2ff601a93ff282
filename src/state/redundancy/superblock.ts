import { crc32 } from "node:zlib";

/*
 * What every disk of a set knows of the set. When a disk is left out (it failed, it is away) or comes back, the others note it
 * under a new turn before anything is written without it: so a disk that missed writes is never believed over one that did not.
 *
 *   turn a: 0 1 2 ──▸ disk 2 fails ──▸ turn b: 0 1 ──▸ disk 2 is rebuilt ──▸ turn c: 0 1 2
 */
export interface Superblock {
  /** Of all disks the same. */
  readonly set: string;
  readonly disks: number;
  readonly parity: number;
  /** Whose this is. */
  readonly index: number;
  /** How many turns there were; of two turns on one line the higher is the later. */
  readonly epoch: number;
  /** Of this turn alone. */
  readonly turn: string;
  /** Turns before it, the latest first. */
  readonly history: readonly string[];
  /** The disks that have everything that was written since. */
  readonly inSync: readonly number[];
}

export const SUPERBLOCK = "redundancy.json";

/** Turns that are remembered. A disk that was away for more is like an empty one. */
export const KEPT_TURNS = 1000;

const FORMAT = 1;

/** JSON, so that who looks into a folder reads what it is, and a line with its checksum. */
export function superblockText(superblock: Superblock): string {
  const text = JSON.stringify({ holdfast: "disk of a redundant set", format: FORMAT, ...superblock });
  return `${text}\n${crc32(text).toString(16)}\n`;
}

/** Undefined for what is damaged; "newer" for a later format than this one. */
export function readSuperblock(text: string): Superblock | "newer" | undefined {
  const [json = "", check] = text.split("\n");
  if (crc32(json).toString(16) !== check) return undefined;
  const value = JSON.parse(json) as Superblock & { readonly format: unknown };
  return value.format === FORMAT ? value : "newer";
}
