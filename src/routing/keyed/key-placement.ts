import { consistentHash } from "../picks/consistent-hash.js";
import type { Candidate } from "../picks/pick.js";

/** A cell that a key may live in. */
export interface KeyPlace {
  /** Its name, which no other cell of the group ever has. */
  readonly id: string;
  /** Keys that live in it. */
  readonly keys: number;
  /** Keys that it can hold. */
  readonly room: number;
  /** It is up, or starts: it does not wait for its next try. */
  readonly serves: boolean;
}

/** A cell has at most so many times its part of the keys: chance alone would give one of few cells twice as many as another. */
const FULLER = 1.25;

const pick = consistentHash();
const never = () => 0;

/**
 * Where a key that is not alive is to live: with whom it weighs most, of those that serve and have room for it (consistent
 * hashing with bounded loads). So it comes back to where it was, as long as that is there and is not much fuller than others.
 *
 *   all cells ─▶ those that serve ─▶ of them, those with less than 1.25 × their part ─▶ the heaviest
 *                  │ none                  │ none: those with room at all
 *                  ▼                       ▼ none
 *               all of them             undefined
 *
 * @returns its index, or undefined where no cell has room
 */
export function placeForKey(key: string, cells: readonly KeyPlace[]): number | undefined {
  const roomy = cells.filter(({ keys, room }) => keys < room);
  const serving = roomy.filter(({ serves }) => serves);
  const open = serving.length > 0 ? serving : roomy;
  if (open.length === 0) return undefined;
  const all = open.reduce((sum, { keys }) => sum + keys, 1);
  const most = Math.ceil((FULLER * all) / open.length);
  const lighter = open.filter(({ keys }) => keys < most);
  return cells.indexOf(heaviest(key, lighter));
}

/** Whether a key belongs to this cell of all these: where one joins, it is so for one key of n. */
export function belongsTo(cell: KeyPlace, key: string, cells: readonly KeyPlace[]): boolean {
  return heaviest(key, cells) === cell;
}

function heaviest(key: string, cells: readonly KeyPlace[]): KeyPlace {
  const candidates = cells.map(({ id, keys }): Candidate => ({ id, load: keys, expectedWaitMs: 0, share: 1 }));
  return cells[pick(candidates, { method: "", key, bytes: 0 }, never)]!;
}
