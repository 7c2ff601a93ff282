import { randomUUID } from "node:crypto";
import { HoldfastError, messageOf } from "../../errors.js";
import type { Disk } from "../disk/disk.js";
import { checkpointName, journalName, storeNames } from "../files/file-names.js";
import { type Found, judgeSet, type SetState } from "./judge-set.js";
import { isOfProcess, type Member, suffixes, systemCode } from "./member.js";
import { readSuperblock, SUPERBLOCK, type Superblock } from "./superblock.js";

/** The disks of a set, at their places. */
export interface OpenedSet {
  readonly superblock: Superblock;
  /** They have everything. */
  readonly inSync: readonly Member[];
  /** They are there, and have to be rebuilt. */
  readonly outdated: readonly Member[];
  /** They are not there: folders, and why. */
  readonly away: readonly { readonly about: string; readonly why: string }[];
}

/** Larger is no superblock of ours: a thousand turns and some. */
const MOST_BYTES = 1024 * 1024;

/**
 * Looks at what each disk says of its set.
 * @returns undefined where none is of a set yet; `disks` then are all there and empty
 * @throws HoldfastError as `judgeSet`, and InvalidSpec where a folder has files of something else
 */
export async function lookAtSet(disks: readonly Disk[], parity: number): Promise<OpenedSet | undefined> {
  const found = await Promise.all(disks.map(async (disk) => ({ about: disk.about, found: await lookAt(disk) })));
  const state = judgeSet(found, parity);
  if (!state) {
    for (const { about, found: one } of found) {
      if (one.kind === "away") throw new HoldfastError("StoreFailed", `${about} cannot be used: ${one.why}`);
      if (one.kind === "blank" && one.leftovers) {
        throw new HoldfastError(
          "StoreDamaged",
          `${about} has files of a redundant set, and no folder can tell of which: give a folder whose ${SUPERBLOCK} is whole`,
        );
      }
    }
    return undefined;
  }
  const at = places(disks, found, state);
  return {
    superblock: state.superblock,
    inSync: at.filter((_, i) => state.disks[i]!.inSync).sort(byIndex),
    outdated: at.filter((_, i) => !state.disks[i]!.inSync && found[i]!.found.kind !== "away").sort(byIndex),
    away: found.flatMap(({ about, found: one }) => (one.kind === "away" ? [{ about, why: one.why }] : [])),
  };
}

/**
 * The parity of the set that these disks are of, as the first of them tells it.
 * @throws HoldfastError InvalidSpec where none of them is of a set
 */
export async function parityOf(disks: readonly Disk[]): Promise<number> {
  for (const disk of disks) {
    const found = await lookAt(disk);
    if (found.kind === "member") return found.superblock.parity;
  }
  const folders = disks.map(({ about }) => about).join(", ");
  throw new HoldfastError("InvalidSpec", `none of ${folders} is a disk of a redundant set: give the folders of one`);
}

/** The first superblock of a new set: turn 0. */
export function newSet(disks: number, parity: number): Superblock {
  return {
    set: randomUUID(),
    disks,
    parity,
    index: 0,
    epoch: 0,
    turn: randomUUID().slice(0, 8),
    history: [],
    inSync: Array.from({ length: disks }, (_, index) => index),
  };
}

function byIndex(one: Member, other: Member): number {
  return one.index - other.index;
}

/** A disk without a place takes one that nobody has. */
function places(disks: readonly Disk[], found: readonly { found: Found }[], state: SetState): Member[] {
  const taken = new Set(state.disks.map(({ index }) => index));
  const free = disks.map((_, index) => index).filter((index) => !taken.has(index));
  // The empty ones first: those that are away keep what is left, so that they can come back to it.
  const order = disks.map((_, i) => i).sort((a, b) => rank(found[a]!.found) - rank(found[b]!.found));
  const members: Member[] = [];
  for (const i of order) members[i] = { index: state.disks[i]!.index ?? free.shift()!, disk: disks[i]! };
  return members;
}

function rank(found: Found): number {
  return found.kind === "blank" ? 0 : 1;
}

async function lookAt(disk: Disk): Promise<Found> {
  let names: string[];
  try {
    names = await disk.list("");
    if (names.includes(SUPERBLOCK)) {
      refuseOwnStore(disk, names);
      const bytes = await disk.read(SUPERBLOCK, 0, MOST_BYTES);
      const superblock = readSuperblock(Buffer.from(bytes).toString());
      if (superblock === "newer") {
        throw new HoldfastError(
          "StoreDamaged",
          `${disk.about} was written by a newer version: use that one, or a later`,
        );
      }
      // Damaged: what else the disk has is not believed either.
      return superblock ? { kind: "member", superblock } : { kind: "blank", leftovers: names.some(holdsData) };
    }
  } catch (error) {
    if (error instanceof HoldfastError || isOfProcess(error)) throw error;
    return { kind: "away", why: systemCode(error) ?? messageOf(error) };
  }
  const strange = names.find((name) => !isOurs(name));
  if (strange === undefined) return { kind: "blank", leftovers: names.some(holdsData) };
  throw new HoldfastError(
    "InvalidSpec",
    `${disk.about} has files that are of no redundant set ("${strange}"): give an empty folder`,
    { details: { folder: disk.about, file: strange } },
  );
}

/** A store that was begun in the folder alone: its names are those of the set's own files. */
function refuseOwnStore({ about }: Disk, names: readonly string[]): void {
  const { journals, checkpoints } = storeNames(names);
  if (journals.length + checkpoints.length === 0) return;
  const file = journals.length > 0 ? journalName(journals[0]!) : checkpointName(checkpoints[0]!);
  throw new HoldfastError(
    "InvalidSpec",
    `${about} is a disk of a redundant set, and has "${file}" of a store that was opened in it alone: ` +
      "move that store's journal-*.log and checkpoint-*.ckpt away",
    { details: { folder: about, file } },
  );
}

function holdsData(name: string): boolean {
  return name.endsWith(suffixes.copy) || name.endsWith(suffixes.shard);
}

/** What a set leaves behind, locks, and what file systems put into every folder. */
function isOurs(name: string): boolean {
  const ends = Object.values(suffixes).some((suffix) => name.endsWith(suffix));
  return (
    ends || name.startsWith(SUPERBLOCK) || name.startsWith("LOCK") || name.startsWith(".") || name === "lost+found"
  );
}
