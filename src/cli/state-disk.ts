import type { Disk } from "../state/disk/disk.js";
import { FolderDisk } from "../state/disk/folder-disk.js";

/** The disk that a word of the command line names: a folder. */
export function stateDisk(word: string): Disk {
  return new FolderDisk(word);
}
