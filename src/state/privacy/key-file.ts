import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { HoldfastError } from "../../errors.js";
import type { Encryption } from "./encryption.js";
import { KEY_BYTES, keyBytes } from "./key-bytes.js";

/** A key file holds 32 bytes, or 64 letters of hex, and a line break: what is longer is another file, given by mistake. */
const LONGEST = 4096;

/**
 * Encryption with keys that lie in files: 32 bytes, or their text in hex or base64, which nobody but its owner may read
 * (mode 0600; not looked at on Windows). A key's id is the beginning of its SHA-256, so that no list of ids has to be kept.
 * @param current the key that new files are sealed with
 * @param older keys that files may still need, after a rotation
 * @throws HoldfastError InvalidSpec: no such file, no key in it, or others may read it
 * @example
 * import { files, keyFile } from "holdfast/state";
 * const store = files("./state", { encryption: await keyFile("/etc/app/state.key", "/etc/app/state-2025.key") });
 */
export async function keyFile(current: string, ...older: string[]): Promise<Encryption> {
  const keys = await Promise.all([current, ...older].map(readKeyFile));
  const byId = new Map(keys.map((key) => [keyFingerprint(key), key]));
  return { current: keyFingerprint(keys[0]!), key: (id) => byId.get(id) };
}

/** The id of a key that lies in a file: 16 letters of its SHA-256, which tell nothing about a random key. */
function keyFingerprint(key: Uint8Array): string {
  return createHash("sha256").update("holdfast key id").update(key).digest("hex").slice(0, 16);
}

async function readKeyFile(path: string): Promise<Uint8Array> {
  const from = `the key file ${path}`;
  const file = await open(path, "r").catch((cause: Error) => {
    throw new HoldfastError("InvalidSpec", `${from} cannot be read: ${cause.message}`, { cause });
  });
  try {
    // Of the opened file: its name may stand for another one a moment later.
    const stat = await file.stat();
    const { mode, size } = stat;
    if (!stat.isFile()) throw new HoldfastError("InvalidSpec", `${from} is no file`);
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      const octal = (mode & 0o777).toString(8).padStart(3, "0");
      throw new HoldfastError("InvalidSpec", `${from} has mode ${octal}, others may read it: chmod 600 ${path}`);
    }
    if (size > LONGEST) throw new HoldfastError("InvalidSpec", `${from} has ${size} bytes: that is no key`);
    const bytes = await file.readFile();
    return keyBytes(bytes.length === KEY_BYTES ? bytes : bytes.toString("latin1"), from);
  } finally {
    await file.close();
  }
}
