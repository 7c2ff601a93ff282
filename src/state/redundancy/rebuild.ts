import { findObject } from "./find-object.js";
import { dropRest, putInPlace, sameFolders } from "./heal.js";
import type { Member } from "./member.js";
import type { Members } from "./members.js";
import { joined, namesIn, walk } from "./walk.js";

/**
 * Gives a disk that missed writes, or is empty, its part of every file, from those that have everything; then it counts again.
 * Nothing is written by others meanwhile. Interrupted, it begins again: what is there already is not written twice.
 */
export async function rebuild(members: Members, member: Member): Promise<void> {
  for await (const folder of walk(members.inSync)) {
    await sameFolders(folder, [member]);
    const own = await namesIn([member], folder.path);
    for (const name of new Set([...folder.files.keys(), ...own.files.keys()])) {
      const path = joined(folder.path, name);
      const found = await findObject(members.inSync, path);
      if (found?.kind === "growing") await found.copies.scan();
      // What it has of an earlier object of this name would only be in the way.
      if (found) await putInPlace(path, found, member);
      await dropRest(path, found, member);
    }
    await member.disk.syncFolder(folder.path);
  }
  await members.join(member);
}
