import type { Disk } from "../disk/disk.js";
import { folderOf, ifThere } from "./member.js";

/** Puts a small file in place, durable and whole or not at all. */
export async function writeWhole(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}~`;
  await ifThere(disk.remove(draft));
  const file = await disk.create(draft);
  try {
    await file.append([bytes]);
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(draft, path);
  await disk.syncFolder(folderOf(path));
}
