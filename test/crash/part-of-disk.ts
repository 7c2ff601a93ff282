import type { Disk } from "../../src/state/disk/disk.js";

/** A folder of a disk as a disk of its own: several of them in one log, so that one power cut is for all. */
export function partOfDisk(disk: Disk, folder: string): Disk {
  const at = (path: string) => (path === "" ? folder : `${folder}/${path}`);
  return {
    about: `${disk.about}/${folder}`,
    // Of the whole disk: it is taken once.
    lock: async () => ({ takenOver: undefined, release: async () => {} }),
    makeFolder: (path) => disk.makeFolder(at(path)),
    list: (path) => disk.list(at(path)),
    size: (path) => disk.size(at(path)),
    read: (path, from, length) => disk.read(at(path), from, length),
    create: (path) => disk.create(at(path)),
    open: (path) => disk.open(at(path)),
    rename: (from, to) => disk.rename(at(from), at(to)),
    remove: (path) => disk.remove(at(path)),
    syncFolder: (path) => disk.syncFolder(at(path)),
    sealed: (path) => disk.sealed(at(path)),
  };
}
