/** What is on a disk when the power comes back: all of it durable. */
export interface DiskImage {
  readonly folders: ReadonlySet<string>;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export const emptyImage: DiskImage = { folders: new Set([""]), files: new Map() };

export function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}
