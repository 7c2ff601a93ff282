import type { DiskFile } from "../disk/disk.js";
import { erasureCode } from "./erasure-code.js";
import { folderOf, ifThere, type Member, suffixes } from "./member.js";
import type { Members } from "./members.js";
import { blockCheck, dataBlocks, type ShardedObject, shardHeader, stripeAt, stripeCount } from "./shard-format.js";

/** Bytes of something, from anywhere in it. */
export interface ByteSource {
  read(from: number, length: number): Promise<Uint8Array>;
}

/** Bytes that each disk is given at once. */
const BATCH_BYTES = 512 * 1024;

/**
 * Writes an object's shards under draft names, durable on every disk when this resolves; then `placeShards` makes them count:
 * from the first rename on, drafts of the same object count too, so the step from the old to the new is one.
 */
export async function writeShards(
  members: Members,
  path: string,
  object: ShardedObject,
  source: ByteSource,
): Promise<void> {
  const code = erasureCode(object.data, object.parity);
  const files = new Map<Member, DiskFile>();
  const headers = Array.from({ length: object.data + object.parity }, (_, index) => shardHeader({ ...object, index }));
  try {
    await members.all(async (member) => {
      const { disk, index } = member;
      const draft = path + suffixes.shardDraft;
      await ifThere(disk.remove(draft));
      const file = await disk.create(draft);
      files.set(member, file);
      await file.append([headers[index]!]);
    });
    const count = stripeCount(object);
    const batch = Math.max(1, Math.floor(BATCH_BYTES / object.block));
    for (let first = 0; first < count; first += batch) {
      const chunks: Uint8Array[][] = headers.map(() => []);
      for (let number = first; number < Math.min(count, first + batch); number++) {
        const stripe = stripeAt(object, number);
        const data = dataBlocks(object, stripe, await source.read(stripe.from, stripe.bytes));
        const parity = Array.from({ length: object.parity }, () => new Uint8Array(stripe.block));
        code.encode(data, parity);
        [...data, ...parity].forEach((block, i) => {
          chunks[i]!.push(blockCheck(headers[i]!, number, block), block);
        });
      }
      await members.all((member) => files.get(member)!.append(chunks[member.index]!));
    }
    await members.all((member) => files.get(member)!.sync());
  } finally {
    await Promise.all([...files.values()].map((file) => file.close().catch(() => {})));
  }
}

/** The drafts get their name, durably. */
export async function placeShards(members: Members, path: string): Promise<void> {
  await members.all(({ disk }) => disk.rename(path + suffixes.shardDraft, path + suffixes.shard));
  await members.all(({ disk }) => disk.syncFolder(folderOf(path)));
}
