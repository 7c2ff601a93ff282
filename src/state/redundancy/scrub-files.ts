import { isHoldfastError } from "../../errors.js";
import type { Copies } from "./copies.js";
import { findObject } from "./find-object.js";
import { type Member, suffixes } from "./member.js";
import { judged, repairCopy } from "./repair-copy.js";
import { damagedBlocks, hasShard, repairShard } from "./repair-shard.js";
import type { ScrubFinding, ScrubLoss, ScrubProgress } from "./scrub-report.js";
import type { Shards } from "./shards.js";
import { joined, walk } from "./walk.js";

export interface ScrubWork {
  readonly members: readonly Member[];
  readonly repair: boolean;
  /** Files that grow are somebody's who writes them now: they are left alone. */
  readonly sealedOnly: boolean;
  /** Somebody may write meanwhile, whom `alone` does not keep away. */
  readonly isShared?: boolean;
  /** Keeps others from changing a name meanwhile. */
  readonly alone: <T>(path: string, act: () => Promise<T>) => Promise<T>;
  readonly onProgress: (progress: ScrubProgress) => void;
}

export interface ScrubResult {
  readonly files: number;
  readonly bytes: number;
  readonly findings: readonly ScrubFinding[];
  readonly lost: readonly ScrubLoss[];
}

/** How often a file is looked at that changes meanwhile. */
const MOST_LOOKS = 5;

/** Reads every byte of every file on every disk, and repairs what is not what it should be, where it may. */
export async function scrubFiles(work: ScrubWork): Promise<ScrubResult> {
  const { members, onProgress } = work;
  const findings: ScrubFinding[] = [];
  const lost: ScrubLoss[] = [];
  const paths = await pathsOf(members);
  const total = [...paths.values()].reduce((sum, bytes) => sum + bytes, 0);
  let files = 0;
  let bytes = 0;
  let passed = 0;
  for (const [path, size] of paths) {
    const before = passed;
    const read = (more: number) => {
      passed += more;
      onProgress({ path, bytes: Math.min(passed, total), total });
    };
    const { found, failure } = await lookedAt(work, path, read);
    if (failure) lost.push({ path, what: failure.message });
    if (found) findings.push(...found);
    if (found || failure) {
      files++;
      bytes += size;
    }
    // However it went, this is done: the rest is what counts.
    read(before + size - passed);
  }
  return { files, bytes, findings, lost };
}

interface Look {
  /** Undefined where it was not read: it is no file any more, or grows. */
  readonly found?: ScrubFinding[] | undefined;
  readonly failure?: Error;
}

/**
 * What a file comes to. Where somebody writes meanwhile, what is bad counts if nothing of the file changed while it was read, or
 * if it came twice: everything else is what a change looks like in the middle.
 */
async function lookedAt(work: ScrubWork, path: string, read: (bytes: number) => void): Promise<Look> {
  let last: string | undefined;
  for (let looks = 1; looks <= MOST_LOOKS; looks++) {
    const sizes = work.isShared ? await sizesOf(work.members, path) : "";
    const look = await lookAt(work, path, read);
    if (!look.failure && !look.found?.length) return look;
    const verdict = JSON.stringify([look.found, look.failure?.message]);
    const counts = !work.isShared || verdict === last || sizes === (await sizesOf(work.members, path));
    if (counts && look.failure && !isHoldfastError(look.failure)) throw look.failure;
    if (counts) return look;
    last = verdict;
  }
  return { found: [] };
}

async function lookAt(work: ScrubWork, path: string, read: (bytes: number) => void): Promise<Look> {
  try {
    return { found: await work.alone(path, () => scrubFile(work, path, read)) };
  } catch (error) {
    return { failure: error as Error };
  }
}

/** Of all that the disks have of it. */
async function sizesOf(members: readonly Member[], path: string): Promise<string> {
  const sizes: number[] = [];
  for (const { disk } of members) {
    for (const suffix of Object.values(suffixes)) sizes.push(await disk.size(path + suffix).catch(() => -1));
  }
  return sizes.join();
}

/** @returns undefined where there is nothing to read */
async function scrubFile(
  work: ScrubWork,
  path: string,
  read: (bytes: number) => void,
): Promise<ScrubFinding[] | undefined> {
  const found = await findObject(work.members, path);
  if (found?.kind === "sealed") return scrubShards(work, path, found.shards, read);
  if (found?.kind !== "growing" || work.sealedOnly) return undefined;
  return scrubCopies(work, path, found.copies);
}

async function scrubShards(
  { members, repair }: ScrubWork,
  path: string,
  shards: Shards,
  read: (bytes: number) => void,
): Promise<ScrubFinding[]> {
  const damaged = await damagedBlocks(shards, read);
  const findings: ScrubFinding[] = [];
  // Every disk's verdict first: while one is written anew the others must be known.
  const bad: [Member, string][] = [];
  for (const member of members) {
    const blocks = damaged.get(member.index)?.length ?? 0;
    if (!(await hasShard(path, shards, member))) bad.push([member, "its shard is missing, or its header is damaged"]);
    else if (blocks > 0) bad.push([member, `${blocks} of ${shards.stripes} blocks are damaged`]);
  }
  if (bad.length > 0) await shards.checkRecoverable();
  for (const [member, what] of bad) {
    const found = { path, disk: member.disk.about, what };
    findings.push(repair ? await repaired(found, () => repairShard(path, shards, member)) : unrepaired(found));
  }
  return findings;
}

async function scrubCopies({ members, repair }: ScrubWork, path: string, copies: Copies): Promise<ScrubFinding[]> {
  await copies.scan();
  const findings: ScrubFinding[] = [];
  for (const member of members) {
    const verdict = await judged(path, copies, member);
    // Who only looks may look while it is being written: a copy that ends earlier is no damage.
    if (verdict === "whole" || (verdict.kind === "short" && !repair)) continue;
    const what = verdict.kind === "short" ? "a copy ends elsewhere" : `a copy is damaged at byte ${verdict.good}`;
    const found = { path, disk: member.disk.about, what };
    findings.push(repair ? await repaired(found, () => repairCopy(path, copies, member)) : unrepaired(found));
  }
  return findings;
}

type Found = Omit<ScrubFinding, "isRepaired">;

function unrepaired(found: Found): ScrubFinding {
  return { ...found, isRepaired: false };
}

/** A disk that cannot be written is told of; the others are gone on with. */
async function repaired(found: Found, repair: () => Promise<unknown>): Promise<ScrubFinding> {
  try {
    await repair();
    return { ...found, isRepaired: true };
  } catch (error) {
    if (isHoldfastError(error)) throw error;
    return unrepaired({ ...found, what: `${found.what}, and cannot be written anew: ${(error as Error).message}` });
  }
}

/** Every file, and its bytes on all disks together. */
async function pathsOf(members: readonly Member[]): Promise<Map<string, number>> {
  const paths = new Map<string, number>();
  for await (const folder of walk(members)) {
    for (const [name, kinds] of folder.files) {
      const path = joined(folder.path, name);
      let bytes = 0;
      for (const kind of kinds) {
        if (kind === "folder") continue;
        for (const { disk } of members) bytes += await disk.size(path + suffixes[kind]).catch(() => 0);
      }
      paths.set(path, bytes);
    }
  }
  return paths;
}
