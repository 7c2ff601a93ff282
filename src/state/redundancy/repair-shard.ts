import { folderOf, ifThere, type Member, suffixes } from "./member.js";
import { BLOCK_CHECK_BYTES, blockCheck } from "./shard-format.js";
import type { Shards } from "./shards.js";

/**
 * Writes a disk's shard anew: its own blocks where they are good, and what is damaged or missing made from the others.
 * The old one stays until the new one is durable.
 * @throws HoldfastError StoreDamaged where too many shards are lost
 */
export async function repairShard(path: string, shards: Shards, { disk, index }: Member): Promise<void> {
  const draft = path + suffixes.shardDraft;
  const header = shards.header(index);
  await ifThere(disk.remove(draft));
  const file = await disk.create(draft);
  try {
    await file.append([header]);
    for (let number = 0; number < shards.stripes; number++) {
      const checked = await shards.check(number);
      const block = checked.blocks[index] ?? shards.rebuild(checked, [index])[0]!;
      await file.append([blockCheck(header, number, block), block]);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(draft, path + suffixes.shard);
  await disk.syncFolder(folderOf(path));
}

/** Whether a disk has its shard, by its header and length alone. */
export async function hasShard(path: string, shards: Shards, { disk, index }: Member): Promise<boolean> {
  try {
    const header = shards.header(index);
    const found = await disk.read(path + suffixes.shard, 0, header.length);
    return header.equals(found) && (await disk.size(path + suffixes.shard)) === shards.shardBytes;
  } catch {
    return false;
  }
}

/** Reads every block of every shard. Keys are disks; what is not in it is all there. */
export async function damagedBlocks(
  shards: Shards,
  onBytes: (bytes: number) => void,
): Promise<ReadonlyMap<number, number[]>> {
  const damaged = new Map<number, number[]>();
  for (let number = 0; number < shards.stripes; number++) {
    const { blocks, stripe } = await shards.check(number);
    blocks.forEach((block, index) => {
      if (!block) damaged.set(index, [...(damaged.get(index) ?? []), number]);
    });
    onBytes(blocks.length * (BLOCK_CHECK_BYTES + stripe.block));
  }
  return damaged;
}
