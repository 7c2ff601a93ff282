import { existsSync } from "node:fs";
import type { Place } from "../../state/backup/disk-at.js";

/** What a word of the command line names: a folder, or several with commas between that are one store. */
export function statePlace(word: string): Place {
  const folders = existsSync(word) ? [word] : word.split(",");
  return folders.length === 1 ? folders[0]! : folders;
}
