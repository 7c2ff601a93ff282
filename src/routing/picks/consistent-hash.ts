import type { Candidate, Pick } from "./pick.js";

/**
 * A key goes to the same member while that is there: rendezvous hashing (highest random weight). When one of n members
 * leaves only its keys move, spread over the others; one that joins takes 1/n of each. Shares weigh: a member of half a share
 * has half the keys.
 *
 *   weight(member, key) = share ÷ −ln(hash(member, key))      the largest has the key
 *
 * A message without a key has no place of its own: it goes by the hash of its method.
 */
export function consistentHash(): Pick {
  const seeds = new Map<string, number>();
  const seedOf = (id: string) => {
    let seed = seeds.get(id);
    if (seed === undefined) {
      if (seeds.size >= FORGET_AT) seeds.clear();
      seed = hashText(id);
      seeds.set(id, seed);
    }
    return seed;
  };
  return (candidates, { key, method }) => {
    const hash = hashText(key ?? method);
    let best = 0;
    let heaviest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < candidates.length; i++) {
      const weight = weightOf(candidates[i]!, mixed(hash ^ seedOf(candidates[i]!.id)));
      if (weight > heaviest) {
        heaviest = weight;
        best = i;
      }
    }
    return best;
  };
}

/** Ids that have come and gone in a pool that lives for long are not kept for ever. */
const FORGET_AT = 4096;

function weightOf({ share }: Candidate, hash: number): number {
  return -share / Math.log((hash + 0.5) / 4294967296);
}

/** FNV-1a over UTF-16 units, both bytes of each, mixed at the end: short keys that differ in one letter are spread too. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return mixed(hash);
}

/** murmur3's finalizer: each bit of what goes in changes half of what comes out. */
function mixed(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
