import type { Clock } from "../../clock.js";
import type { HoldfastError } from "../../errors.js";

/**
 * One change of what is stored about one entity: an actor's state, or the mail that waits for one.
 *
 *   base 4 ─ tail 5 ─ tail 6 ─ base 7 ─ tail 8        the state is base 7 with tail 8; base 4 with tails 5 to 8 is the same
 *                                                     state, for where base 7 cannot be restored; what is older goes
 */
export type StoreChange =
  /**
   * The whole state after `seq`. The base before it, and every tail piece since that one, are kept; what is older is not. A base
   * of the same or a later moment goes, and with no base before it the whole tail stays.
   */
  | { readonly kind: "base"; readonly id: string; readonly seq: number; readonly data: Uint8Array }
  /** What happened at `seq`: an event, a message that was answered, mail that was accepted. */
  | { readonly kind: "tail"; readonly id: string; readonly seq: number; readonly data: Uint8Array }
  /** One piece of the tail is over: mail that was answered. */
  | { readonly kind: "drop"; readonly id: string; readonly seq: number }
  /** Nothing of the entity is kept. */
  | { readonly kind: "forget"; readonly id: string };

export interface StoredPiece {
  readonly seq: number;
  readonly data: Uint8Array;
}

export interface StoredEntity {
  /** The newest first; at most two. */
  readonly bases: readonly StoredPiece[];
  /** Since the older base, ascending. */
  readonly tail: readonly StoredPiece[];
}

export interface AppendHint {
  readonly more: boolean;
}

/** A store that a system has opened. One log for all its entities, so that many share one sync of the disk (group commit). */
export interface OpenStore {
  /** For people: "files in /var/lib/app". */
  readonly about: string;
  /** Every entity that has anything stored. */
  ids(): Iterable<string>;
  /** What is durable of one entity. @throws HoldfastError StoreDamaged, StoreFailed */
  read(id: string): Promise<StoredEntity | undefined>;
  /**
   * Takes a batch that becomes durable whole or not at all, after all that were appended before it; `data` is not changed
   * by the caller afterwards. Call it in the turn in which its order is decided.
   * @param how `more`: another batch is likely to follow within milliseconds, so that a store may wait that long to have them
   * share a sync. Nothing depends on it
   * @returns resolves when it is durable
   * @throws HoldfastError StoreFailed: it, and everything appended after it and before the store takes again, is not part of
   * the store and never will be
   */
  append(batch: readonly StoreChange[], how?: AppendHint): Promise<void>;
  /** Why nothing can be appended now; the store tries again by itself. */
  readonly failure: HoldfastError | undefined;
  /** Everything appended is durable; then the store is released. */
  close(): Promise<void>;
}

/** What a store tells while it is open. */
export type StoreNews =
  | { readonly kind: "store-failed"; readonly error: HoldfastError }
  /** It takes changes again. */
  | { readonly kind: "store-recovered"; readonly afterMs: number }
  /** It goes on with less to fall back on: one of several disks is left out. */
  | {
      readonly kind: "store-degraded";
      readonly text: string;
      /** The disk, and how many are left, where the store can tell. */
      readonly disk?: string;
      readonly left?: number;
    }
  /** Something damaged was found, and what was done about it. */
  | { readonly kind: "store-repaired"; readonly text: string }
  /** A scheduled backup is there: the bytes of its files, and those that were not in the folder before. */
  | {
      readonly kind: "backup-made";
      readonly id: string;
      readonly bytes: number;
      readonly newBytes: number;
      /** Ids of the backups that are not kept any more. */
      readonly removed: readonly string[];
      readonly ms: number;
      /** What is wrong all the same: another backup there that cannot be read, or one that could not be removed. */
      readonly problems: readonly HoldfastError[];
    }
  /** A scheduled backup was not made; what is stored is not concerned. */
  | { readonly kind: "backup-failed"; readonly error: HoldfastError; readonly retryInMs: number };

export interface StoreSurroundings {
  readonly clock: Clock;
  tell(news: StoreNews): void;
}

/** Where state lives: `files()`, `memory()` or `lmdb()` of holdfast/state, or one of your own. */
export interface Store {
  readonly kind: "store";
  /** For people, also while it is not open: "files in /var/lib/app". */
  readonly about?: string;
  /** @throws HoldfastError StoreInUse with the owner's pid, StoreDamaged, StoreFailed */
  open(around: StoreSurroundings): Promise<OpenStore>;
}
