/** What version `n` of the file is. */
export function versionOf(n: number): Buffer;
