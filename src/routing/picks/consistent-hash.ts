import { equalShares } from "./equal-shares.js";
import { smallestMailbox } from "./least.js";
import type { Candidate, Pick } from "./pick.js";

/**
 * A key goes to the same member while that is there: rendezvous hashing (highest random weight). When one of n members
 * leaves only its keys move, spread over the others; one that joins takes 1/n of each. Shares weigh: a member of half a share
 * has half the keys.
 *
 *   weight(member, key) = share ÷ −ln(hash(member, key))      the largest has the key
 *
 * With equal shares the largest hash has the largest weight, and no logarithm is taken. A message without a key belongs
 * nowhere: it goes to the smallest mailbox.
 */
export function consistentHash(): Pick {
  const seeds = new Seeds();
  const keyless = smallestMailbox();
  return (candidates, message, chance) => {
    if (message.key === undefined) return keyless(candidates, message, chance);
    const key = hashText(message.key);
    const of = seeds.of(candidates);
    const equal = equalShares(candidates);
    let best = 0;
    let heaviest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < candidates.length; i++) {
      const hash = mixed(key ^ of[i]!);
      const weight = equal ? hash : weightOf(candidates[i]!.share, hash);
      // Of two that are equal the order of members shall not decide: it changes.
      if (weight > heaviest || (weight === heaviest && candidates[i]!.id < candidates[best]!.id)) {
        heaviest = weight;
        best = i;
      }
    }
    return best;
  };
}

/** The hash of each candidate's id, at its index: they change seldom, and to hash them costs more than all the rest. */
class Seeds {
  readonly #ids: string[] = [];
  readonly #seeds: number[] = [];

  of(candidates: readonly Candidate[]): readonly number[] {
    const { length } = candidates;
    for (let i = 0; i < length; i++) {
      const { id } = candidates[i]!;
      if (this.#ids[i] === id) continue;
      this.#ids[i] = id;
      this.#seeds[i] = hashText(id);
    }
    this.#ids.length = length;
    this.#seeds.length = length;
    return this.#seeds;
  }
}

function weightOf(share: number, hash: number): number {
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
