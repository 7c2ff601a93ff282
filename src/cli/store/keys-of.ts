import type { Encryption } from "../../state/privacy/encryption.js";
import { keyFile } from "../../state/privacy/key-file.js";

/** The keys of the files that --key-file named, undefined where it was not given. @throws HoldfastError InvalidSpec */
export async function keysOf(paths: readonly string[] | undefined): Promise<Encryption | undefined> {
  const [first, ...rest] = paths ?? [];
  return first === undefined ? undefined : keyFile(first, ...rest);
}
