import { type FoundObject, findObject } from "./find-object.js";
import { folderOf, ifThere, type Member, suffixes } from "./member.js";
import type { Members } from "./members.js";
import type { RedundancyNews } from "./redundancy-news.js";
import { repairCopy } from "./repair-copy.js";
import { hasShard, repairShard } from "./repair-shard.js";
import { joined, type WalkedFolder, walk } from "./walk.js";

/*
 * What an interruption left is finished or undone, so that every disk that has everything has it in the same way:
 *
 *   a copy that ends elsewhere   is cut or gone on with: all end where the last frame that any of them proves ends
 *   drafts                       get their name if one of them already has it, else they go
 *   copies beside all shards     go: the sealing was nearly done
 *   a shard that is missing      is made from the others
 *   a removal                    is finished
 */
export async function heal(members: Members, tell: (news: RedundancyNews) => void): Promise<void> {
  for await (const folder of walk(members.inSync)) {
    // What can be seen need not be durable yet: its writer may have been killed before it was.
    await members.all(({ disk }) => disk.syncFolder(folder.path));
    await sameFolders(folder, members.inSync);
    for (const name of folder.files.keys()) await healFile(members, joined(folder.path, name), tell);
  }
}

async function healFile(members: Members, path: string, tell: (news: RedundancyNews) => void): Promise<void> {
  const found = await findObject(members.inSync, path);
  if (found?.kind === "growing" || found?.kind === "unborn") await found.copies.scan();
  await members.all(async (member) => {
    const what = found && (await putInPlace(path, found, member));
    if (what === undefined) return;
    const text = `${path} on ${member.disk.about}: ${what}; it is as on the other disks now`;
    tell({ kind: "repaired", disk: member.disk.about, path, text });
  });
  await members.all((member) => dropRest(path, found, member));
}

/**
 * Gives a disk its part of a file, where it has not.
 * @returns what was wrong; undefined where nothing was
 */
export async function putInPlace(path: string, found: FoundObject, member: Member): Promise<string | undefined> {
  switch (found.kind) {
    case "unborn":
      return undefined;
    case "growing":
      return repairCopy(path, found.copies, member);
    case "sealed": {
      const { shards } = found;
      if (await hasShard(path, shards, member)) return undefined;
      const draft = shards.members.find(
        ({ index, file }) => index === member.index && file.endsWith(suffixes.shardDraft),
      );
      if (draft) {
        await member.disk.rename(draft.file, path + suffixes.shard);
        await member.disk.syncFolder(folderOf(path));
        return undefined;
      }
      await repairShard(path, shards, member);
      return "its shard was missing or damaged";
    }
  }
}

/** Removes what is not part of the file as it is now; undefined: there is no such file. */
export async function dropRest(path: string, found: FoundObject | undefined, { disk }: Member): Promise<void> {
  const kept = found?.kind === "growing" ? suffixes.copy : found?.kind === "sealed" ? suffixes.shard : undefined;
  let dropped = false;
  // What tells of a removal goes last.
  for (const suffix of Object.values(suffixes)) {
    if (suffix === kept) continue;
    const removed = await ifThere(disk.remove(path + suffix).then(() => true));
    dropped ||= removed === true;
  }
  if (dropped) await disk.syncFolder(folderOf(path));
}

/** Folders that one disk has and another has not. */
export async function sameFolders(folder: WalkedFolder, members: readonly Member[]): Promise<void> {
  for (const name of folder.folders) {
    for (const { disk } of members) await disk.makeFolder(joined(folder.path, name));
  }
}
