import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { SeenVersion } from "./folder-look.js";

/**
 * Reads a file whole, hashes what is read, and writes just that to another place where one is named.
 * @returns SHA-256 in hex
 * @throws what the file system says
 */
export async function digestOf(path: string, copyTo?: string): Promise<string> {
  const hash = createHash("sha256");
  const read = createReadStream(path);
  read.on("data", (chunk) => hash.update(chunk));
  // "wx": two versions never share a copy.
  if (copyTo === undefined) await pipeline(read, async (chunks) => void (await drained(chunks)));
  else await pipeline(read, createWriteStream(copyTo, { flags: "wx", mode: 0o600 }));
  return hash.digest("hex");
}

/**
 * The digest of a version, its samples included; undefined where its files are not those that were seen: somebody writes
 * them.
 * @throws what the file system says
 */
export async function digestOfVersion({ model, golden, files }: SeenVersion): Promise<string | undefined> {
  const digest = await digestOf(model);
  const samples = golden === undefined ? "" : await digestOf(golden);
  for (const { path, bytes, mtimeMs, inode } of files) {
    const now = await stat(path);
    if (now.size !== bytes || now.mtimeMs !== mtimeMs || now.ino !== inode) return undefined;
  }
  return combined(digest, samples);
}

/** One digest of a version's model and its samples. */
export function combined(model: string, samples: string): string {
  return samples === "" ? model : hashed(`${model} ${samples}`);
}

/** SHA-256 in hex. */
export function hashed(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

async function drained(chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of chunks) {
    // hashed on its way
  }
}
