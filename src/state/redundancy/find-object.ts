import { HoldfastError } from "../../errors.js";
import { Copies } from "./copies.js";
import { COPY_HEADER_BYTES, chainStart, type ObjectBirth, readCopyHeader } from "./copy-format.js";
import { isOfProcess, type Member, suffixes } from "./member.js";
import { readShardHeader, SHARD_HEADER_BYTES, type ShardedObject } from "./shard-format.js";
import { type ShardAt, Shards } from "./shards.js";

/** What a path is on the disks of a set. */
export type FoundObject =
  | { readonly kind: "growing"; readonly copies: Copies }
  | { readonly kind: "sealed"; readonly shards: Shards }
  /** A file was made, and the power went before anything of it was durable. */
  | { readonly kind: "unborn"; readonly copies: Copies };

interface Candidate {
  readonly birth: ObjectBirth;
  readonly copies: { readonly member: Member; readonly chain: number }[];
  readonly shards: ShardAt[];
  readonly drafts: ShardAt[];
  object?: ShardedObject;
}

/**
 * Which object a path is: of several (an interrupted rename) the one that was made last.
 * @returns undefined where there is no such file
 */
export async function findObject(
  members: readonly Member[],
  path: string,
  believed?: (member: Member) => boolean,
): Promise<FoundObject | undefined> {
  const candidates = new Map<string, Candidate>();
  const gone = new Set<string>();
  let named = false;
  const torn: Member[] = [];
  const candidate = (birth: ObjectBirth): Candidate => {
    const known = candidates.get(birth.id) ?? { birth, copies: [], shards: [], drafts: [] };
    candidates.set(birth.id, known);
    return known;
  };
  for (const member of members) {
    const head = (suffix: string, length: number) => headOf(member, path + suffix, length);
    const copy = await head(suffixes.copy, COPY_HEADER_BYTES);
    const copied = copy && readCopyHeader(copy);
    if (copied) candidate(copied).copies.push({ member, chain: chainStart(copy) });
    else if (copy) torn.push(member);
    for (const [suffix, kind] of [
      [suffixes.shard, "shards"],
      [suffixes.shardDraft, "drafts"],
    ] as const) {
      const bytes = await head(suffix, SHARD_HEADER_BYTES);
      if (bytes && kind === "shards") named = true;
      const header = bytes && readShardHeader(bytes);
      if (header?.index !== member.index) continue;
      const known = candidate(header);
      known.object ??= header;
      known[kind].push({ ...member, file: path + suffix });
    }
    const removed = await head(suffixes.gone, SHARD_HEADER_BYTES);
    const header = removed && readShardHeader(removed);
    if (header) gone.add(header.id);
  }
  // Drafts alone were never finished.
  const real = [...candidates.values()].filter(
    ({ birth, copies, shards }) => copies.length + shards.length > 0 && !gone.has(birth.id),
  );
  const newest = real.sort((one, other) => other.birth.born - one.birth.born)[0];
  if (newest) return chosen(path, newest, believed);
  // Nothing goes on from a chain of -1: what can be proved behind such a header is damage.
  if (torn.length > 0) return { kind: "unborn", copies: new Copies(path, { id: "", born: 0 }, -1, torn, believed) };
  if (!named || gone.size > 0) return undefined;
  throw new HoldfastError("StoreDamaged", `no shard of ${path} has a header that can be read`, { details: { path } });
}

function chosen(
  path: string,
  { birth, copies, shards, drafts, object }: Candidate,
  believed: ((member: Member) => boolean) | undefined,
): FoundObject {
  if (object && shards.length > 0) {
    // Once one has its name all were durable.
    const own = new Set(shards.map(({ index }) => index));
    const all = [...shards, ...drafts.filter(({ index }) => !own.has(index))];
    if (all.length >= object.data || copies.length === 0)
      return { kind: "sealed", shards: new Shards(path, object, all) };
  }
  const holders = copies.map(({ member }) => member);
  return { kind: "growing", copies: new Copies(path, birth, copies[0]!.chain, holders, believed) };
}

/** The first bytes of a file; undefined where it is not there, or cannot be read. */
async function headOf({ disk }: Member, path: string, length: number): Promise<Uint8Array | undefined> {
  try {
    return await disk.read(path, 0, length);
  } catch (error) {
    if (isOfProcess(error)) throw error;
    return undefined;
  }
}

/** When it was made, beside others; 0 for what never was whole. */
export function bornOf(found: FoundObject): number {
  return found.kind === "sealed" ? found.shards.object.born : found.copies.birth.born;
}
