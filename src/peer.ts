import { HoldfastError, messageOf } from "./errors.js";

/**
 * Imports an optional peer, or says what to type.
 * @param name  the package
 * @param load  the import, written out where it is used, so that bundlers and readers see it
 * @param hint  more that may have gone wrong with this package
 * @throws HoldfastError MissingPeer
 */
export async function importPeer<T>(name: string, load: () => Promise<T>, hint = ""): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw missingPeer(name, cause, hint);
  }
}

/** The error for a package that is absent, or present and broken: the message tells the two apart. */
export function missingPeer(name: string, cause: unknown, hint = ""): HoldfastError {
  const absent = isAbsent(name, cause);
  const why = absent ? "is not installed" : `is installed but does not load (${text(cause)})`;
  return new HoldfastError("MissingPeer", `${name} ${why}. Type: npm i ${name}${hint && `\n${hint}`}`, {
    cause,
    details: { package: name, installed: !absent },
  });
}

/** Node's code alone is not enough: it is the same when the package is there and one of its own imports is not. */
function isAbsent(name: string, cause: unknown): boolean {
  const code = (cause as { code?: unknown } | null)?.code;
  return (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") && text(cause).includes(`'${name}`);
}

function text(cause: unknown): string {
  return messageOf(cause).split("\n", 1)[0]!;
}
