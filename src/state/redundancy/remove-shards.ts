import { folderOf, ifThere, suffixes } from "./member.js";
import type { Members } from "./members.js";

/**
 * Takes a sealed file away. Where the power goes in the middle, some disks have no shard any more; that one of them marked its
 * own as gone, and durably, tells this from shards that were lost.
 */
export async function removeShards(members: Members, path: string): Promise<void> {
  await members.all(({ disk }) => ifThere(disk.rename(path + suffixes.shard, path + suffixes.gone)));
  await members.all(({ disk }) => disk.syncFolder(folderOf(path)));
  await members.all(({ disk }) => ifThere(disk.remove(path + suffixes.shardDraft)));
  await members.all(({ disk }) => ifThere(disk.remove(path + suffixes.gone)));
}
