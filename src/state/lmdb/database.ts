import type { PieceKey } from "./plan.js";

export type DatabaseKey = PieceKey | readonly (string | number)[];

/** The part of an lmdb database that the store uses. */
export interface Database {
  get(key: DatabaseKey): Buffer | undefined;
  getRange(range: {
    readonly start?: DatabaseKey;
    readonly end?: DatabaseKey;
  }): Iterable<{ readonly key: unknown; readonly value: Buffer }>;
  put(key: DatabaseKey, value: Buffer): Promise<unknown>;
  remove(key: DatabaseKey): Promise<unknown>;
  /** All that `writes` writes becomes durable whole or not at all. */
  batch(writes: () => void): Promise<unknown>;
  close(): Promise<void>;
}
