import { createHash } from "node:crypto";
import { HoldfastError } from "../../errors.js";

/** One file of the store, as it was when it was copied. */
export interface BackedUpFile {
  readonly name: string;
  readonly bytes: number;
  /** Of the whole file, in hex. */
  readonly sha256: string;
  /** The SHA-256 of each piece, in order; all but the last have `partBytes` bytes. */
  readonly parts: readonly string[];
}

/** What a backup consists of. */
export interface Manifest {
  /** One more than that of the newest backup before it in the same folder. */
  readonly number: number;
  /** Milliseconds since 1970, by the clock of the machine that made it. */
  readonly at: number;
  readonly partBytes: number;
  /** Ids of the keys that its files are sealed with. */
  readonly keys: readonly string[];
  readonly files: readonly BackedUpFile[];
}

/** Of manifests, and of how pieces lie in a backup's folder. */
export const BACKUP_FORMAT = 1;

/*
 *   holdfast backup 1                 format
 *   { "number": 42, "at": …, … }      JSON
 *   sha256 7d86…                      of all above
 */
const SHAPE = /^(holdfast backup (\d+)\n.*\n)sha256 ([0-9a-f]{64})\n$/s;

export function manifestText(manifest: Manifest): string {
  const { number, at, partBytes, keys, files } = manifest;
  const fields = { number, at: new Date(at).toISOString(), partBytes, keys, files };
  const text = `holdfast backup ${BACKUP_FORMAT}\n${JSON.stringify(fields, undefined, 1)}\n`;
  return `${text}sha256 ${sha256(text)}\n`;
}

/**
 * @param file named in errors
 * @throws HoldfastError StoreDamaged: damaged, or of a newer format
 */
export function parseManifest(text: string, file: string): Manifest {
  const match = SHAPE.exec(text);
  if (!match) throw damaged(file, "it is no manifest, or not a whole one");
  const [, covered, format, sum] = match;
  if (sha256(covered!) !== sum) throw damaged(file, "its checksum is wrong");
  if (Number(format) !== BACKUP_FORMAT) {
    const why = `${file} is of format ${format}, this holdfast reads ${BACKUP_FORMAT}: use the one that wrote it`;
    throw new HoldfastError("StoreDamaged", why, { details: { file, reason: "format" } });
  }
  const json: unknown = JSON.parse(covered!.slice(covered!.indexOf("\n")));
  const manifest = shaped(json);
  if (!manifest) throw damaged(file, "its content has another shape");
  return manifest;
}

/** Checks every field, though the checksum held: the name of a file becomes a path, wherever the manifest came from. */
function shaped(json: unknown): Manifest | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const { number, at, partBytes, keys, files } = json as Record<string, unknown>;
  const time = typeof at === "string" ? Date.parse(at) : Number.NaN;
  if (!isCount(number) || Number.isNaN(time) || !isCount(partBytes) || partBytes === 0) return undefined;
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === "string")) return undefined;
  if (!Array.isArray(files) || !files.every((file) => isFile(file, partBytes))) return undefined;
  if (new Set(files.map((file: BackedUpFile) => file.name)).size < files.length) return undefined;
  return { number, at: time, partBytes, keys, files };
}

function isFile(value: unknown, partBytes: number): value is BackedUpFile {
  if (typeof value !== "object" || value === null) return false;
  const { name, bytes, sha256: sum, parts } = value as Record<string, unknown>;
  if (typeof name !== "string" || !/^[a-z0-9][a-z0-9.-]{0,100}$/.test(name) || !isCount(bytes)) return false;
  if (!isSum(sum) || !Array.isArray(parts) || !parts.every(isSum)) return false;
  return parts.length === Math.ceil(bytes / partBytes);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSum(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function damaged(file: string, why: string): HoldfastError {
  return new HoldfastError("StoreDamaged", `${file} is damaged: ${why}`, { details: { file, reason: "damage" } });
}
