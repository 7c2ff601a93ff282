import type { Disk } from "../../src/state/disk/disk.js";

/** Several disks that lose their power together: folders of one. */
export function slicesOf(disk: Disk, count: number): Disk[] {
  return Array.from({ length: count }, (_, i) => slice(disk, `${i}`));
}

function slice(disk: Disk, folder: string): Disk {
  const at = (path: string) => (path === "" ? folder : `${folder}/${path}`);
  return {
    about: folder,
    lock: async () => ({ takenOver: undefined, release: async () => {} }),
    async makeFolder(path) {
      await disk.makeFolder(at(path));
      if (path === "") await disk.syncFolder("");
    },
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
