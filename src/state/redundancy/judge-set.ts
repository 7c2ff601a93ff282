import { HoldfastError } from "../../errors.js";
import { KEPT_TURNS, type Superblock } from "./superblock.js";

/** What was found in one folder. */
export type Found =
  | { readonly kind: "member"; readonly superblock: Superblock }
  /** The folder is empty, or has nothing but what a set left: it can take a place. */
  | { readonly kind: "blank"; readonly leftovers: boolean }
  /** The folder is not there, or cannot be read. */
  | { readonly kind: "away"; readonly why: string };

export interface FoundDisk {
  /** For people: the folder. */
  readonly about: string;
  readonly found: Found;
}

export interface SetState {
  /** What holds now. */
  readonly superblock: Superblock;
  /** Of each disk, in the order given: its place in the set, where it has one; and whether it has everything. */
  readonly disks: readonly { readonly index: number | undefined; readonly inSync: boolean }[];
}

/**
 * Which disks are to be believed.
 * @returns undefined where no disk is of a set yet, or the set was never finished
 * @throws HoldfastError InvalidSpec where the folders are not those of one set; StoreDamaged where too few have everything, or
 * two parts of a set were used without each other
 */
export function judgeSet(disks: readonly FoundDisk[], parity: number): SetState | undefined {
  const members = disks.flatMap(({ about, found }) =>
    found.kind === "member" ? [{ about, superblock: found.superblock }] : [],
  );
  // In turn 0 all of them are told of each other, and nothing else is written before they were.
  if (members.every(({ superblock }) => superblock.epoch === 0)) return undefined;
  oneSet(members, disks.length, parity);
  const newest = believed(members);
  const inSync = (superblock: Superblock) => newest.inSync.includes(superblock.index) && descends(newest, superblock);
  const state: SetState = {
    superblock: newest,
    disks: disks.map(({ found }) =>
      found.kind === "member"
        ? { index: found.superblock.index, inSync: inSync(found.superblock) }
        : { index: undefined, inSync: false },
    ),
  };
  const left = state.disks.filter((disk) => disk.inSync).length;
  if (left < disks.length - parity) {
    const each = disks.map(({ about, found }, i) => `${about} ${state.disks[i]!.inSync ? "has all" : said(found)}`);
    throw new HoldfastError(
      "StoreDamaged",
      `${left} of ${disks.length} disks have everything, and ${disks.length - parity} are needed: ${each.join(", ")}. ` +
        "Bring back a disk that has it, or restore a backup",
      { details: { left, needed: disks.length - parity } },
    );
  }
  return state;
}

type Named = { readonly about: string; readonly superblock: Superblock };

function said(found: Found): string {
  if (found.kind === "away") return `is away (${found.why})`;
  return found.kind === "blank" ? "is empty" : "missed writes";
}

function oneSet(members: readonly Named[], disks: number, parity: number): void {
  const [first] = members as [Named];
  for (const member of members) {
    const { about, superblock } = member;
    if (superblock.set !== first.superblock.set) {
      throw spec(`${first.about} and ${about} are disks of different sets: give the folders of one`);
    }
    if (superblock.disks !== disks || superblock.parity !== parity) {
      throw spec(
        `${about} is one of ${superblock.disks} disks with parity ${superblock.parity}, not of ${disks} with ${parity}: ` +
          "give all folders of the set and its parity. To change them, restore a backup into new folders",
      );
    }
    const other = members.find((one) => one.superblock.index === superblock.index && one !== member);
    if (other) throw spec(`${about} and ${other.about} are the same disk of the set, one is a copy: leave one out`);
  }
}

function spec(message: string): HoldfastError {
  return new HoldfastError("InvalidSpec", message);
}

/** Of turns that are long forgotten nothing else is known than that they were. */
function descends(later: Superblock, { turn, epoch }: Superblock): boolean {
  return later.turn === turn || later.history.includes(turn) || later.epoch - epoch > KEPT_TURNS;
}

/**
 * The latest turn of the one line that all that was acknowledged is on. Where there are two lines, one of them may have been
 * cut off while its turn was being noted: a disk that should have noted it is on the other line. Then nothing was
 * acknowledged on it. If both lines are whole, both were used.
 */
function believed(members: readonly Named[]): Superblock {
  const heads = members.filter(
    ({ superblock }) =>
      !members.some(({ superblock: other }) => other.turn !== superblock.turn && descends(other, superblock)),
  );
  const lines = [...new Map(heads.map((head) => [head.superblock.turn, head])).values()];
  const whole = lines.filter(
    ({ superblock: line }) =>
      !members.some(
        ({ superblock: other }) =>
          line.inSync.includes(other.index) && !descends(other, line) && !descends(line, other),
      ),
  );
  if (whole.length === 1) return whole[0]!.superblock;
  const [one, other] = lines as [Named, Named];
  throw new HoldfastError(
    "StoreDamaged",
    `${one.about} and ${other.about} were used without each other, and each has what the other has not: ` +
      "empty the folder that is to be forgotten",
    { details: { folders: lines.map(({ about }) => about) } },
  );
}
