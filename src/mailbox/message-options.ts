import type { Asker } from "./asker.js";

/** What its caller said of it. */
export interface MessageOptions {
  /** Who sends, for dead letters. Default "app". */
  readonly sender?: string;
  /** Which actor of a group; in a pool that hashes keys, what decides on its member. */
  readonly key?: string;
  /** The caller's own declaration; the method's is known by the receiver. */
  readonly idempotent?: boolean;
  /** An actor of the same system. */
  readonly asker?: Asker | undefined;
  /** It is a dead letter that is sent again: its number. */
  readonly letter?: number | undefined;
  /** Members that were given the same call, this one's included: it goes to another where there is one. */
  readonly apart?: Set<object> | undefined;
}
