import { isHoldfastError } from "../../src/errors.js";
import type { StoreNews } from "../../src/system/durable/store.js";
import { VirtualClock } from "../../src/testing/virtual-clock.js";
import type { DiskImage } from "./disk-image.js";
import type { DiskLog } from "./disk-log.js";
import { heldBy } from "./held.js";
import type { StoreOn } from "./scenario.js";
import { SimDisk } from "./sim-disk.js";

/** A disk on which something is not what was written. */
export interface Damaged {
  readonly about: string;
  /** Nothing but the end of this file is missing. */
  readonly shortened?: string;
  readonly image: DiskImage;
}

/** What became of damage, and how often. */
export interface DamageVerdict {
  /** The store does not open, or does not give what is damaged, and says that it is damaged. */
  detected: number;
  /** Everything is there all the same. */
  harmless: number;
  /** It looks like the end of what a power cut tore; that is told, and everything before is there. */
  told: number;
  /** It ends where a record ends: nothing could tell that from a store that had come no further. */
  shorter: number;
  readonly problems: string[];
}

export interface DamageOptions {
  readonly store: StoreOn;
  /** The file whose end may be believed to be torn: the last journal of a store that was not closed. */
  readonly growing?: string;
  /** What each byte is changed by, one after the other. Default 0x01, 0x80 and 0xff. */
  readonly masks?: readonly number[];
}

const allMasks: readonly number[] = [0x01, 0x80, 0xff];

/** Each byte of each file changed in a few ways, each file cut at each length, taken away, and longer by itself. */
export function* damages({ folders, files }: DiskImage, masks = allMasks): Generator<Damaged> {
  const withFile = (path: string, bytes: Uint8Array | undefined): DiskImage => {
    const others = new Map(files);
    if (bytes === undefined) others.delete(path);
    else others.set(path, bytes);
    return { folders, files: others };
  };
  for (const [path, bytes] of files) {
    for (let at = 0; at < bytes.length; at++) {
      for (const mask of masks) {
        const changed = Uint8Array.from(bytes);
        changed[at]! ^= mask;
        yield { about: `${path}: byte ${at} ^ ${mask}`, image: withFile(path, changed) };
      }
      yield { about: `${path}: cut at ${at}`, shortened: path, image: withFile(path, bytes.subarray(0, at)) };
    }
    yield { about: `${path}: gone`, shortened: path, image: withFile(path, undefined) };
    yield { about: `${path}: zeros at its end`, image: withFile(path, Buffer.concat([bytes, Buffer.alloc(64)])) };
    yield { about: `${path}: twice`, image: withFile(path, Buffer.concat([bytes, bytes])) };
    for (const [other, content] of files) {
      if (other !== path) yield { about: `${path}: with what is in ${other}`, image: withFile(path, content) };
    }
  }
}

/** Opens a store on every damaged disk; what it gives is what was stored, or it says that it is not. */
export async function judgeDamages(log: DiskLog, image: DiskImage, options: DamageOptions): Promise<DamageVerdict> {
  const now = log.promised.at(-1)!.promised.digests;
  const ever = new Set(log.promised.flatMap(({ promised }) => [...promised.digests]));
  const verdict: DamageVerdict = { detected: 0, harmless: 0, told: 0, shorter: 0, problems: [] };
  for (const damaged of damages(image, options.masks)) {
    const found = await outcomeOf(damaged, options, now, ever);
    if (found === "detected" || found === "harmless" || found === "told" || found === "shorter") verdict[found]++;
    else verdict.problems.push(`${damaged.about}: ${found}`);
    if (verdict.problems.length >= 5) break;
  }
  return verdict;
}

async function outcomeOf(
  { image, about, shortened }: Damaged,
  { store, growing }: DamageOptions,
  now: ReadonlySet<string>,
  ever: ReadonlySet<string>,
): Promise<string> {
  const news: StoreNews[] = [];
  try {
    const around = { clock: new VirtualClock(), tell: (one: StoreNews) => void news.push(one) };
    const open = await store(new SimDisk(image).session()).open(around);
    const held = await heldBy(open);
    await open.close();
    if (now.has(held)) return "harmless";
    if (!ever.has(held)) return "it gives what was never stored";
    if (growing === undefined || !about.startsWith(`${growing}:`)) return "it gives an older state";
    if (news.some(({ kind }) => kind === "store-repaired")) return "told";
    return shortened === growing ? "shorter" : "it gives an older state and does not tell";
  } catch (error) {
    return isHoldfastError(error, "StoreDamaged") ? "detected" : `${error}`;
  }
}
