import type { DiskImage } from "./disk-image.js";

/** Something that was done to a disk, in the order in which the system was told. Files are numbers; names are entries of folders. */
export type DiskOp =
  | { readonly kind: "create"; readonly path: string; readonly file: number }
  | { readonly kind: "rename"; readonly from: string; readonly to: string }
  | { readonly kind: "remove"; readonly path: string }
  | { readonly kind: "make-folder"; readonly path: string }
  | { readonly kind: "append"; readonly file: number; readonly bytes: Uint8Array }
  | { readonly kind: "truncate"; readonly file: number; readonly size: number }
  | { readonly kind: "sync"; readonly file: number }
  /**
   * What was written before it may be there or not, and no later sync changes that (a system forgets what it could not
   * write) …
   */
  | { readonly kind: "sync-failed"; readonly file: number }
  /** … until the file is opened anew: what can be read then is taken for something that can be synced. */
  | { readonly kind: "open"; readonly file: number }
  | { readonly kind: "sync-folder"; readonly path: string };

/** From here on a store that is opened after a power cut may hold one of these states, and no other. */
export interface Promised {
  readonly digests: ReadonlySet<string>;
  /** For people: "3 to 5 of 9 batches". */
  readonly about: string;
}

/** Everything that was done to a disk, and what its store had promised at each point. */
export interface DiskLog {
  /** What was there, durable, before the first of `ops`; files have the numbers of their order. */
  readonly start: DiskImage;
  readonly ops: DiskOp[];
  /** `promised[n]` holds once `at` ops were done. Ascending. */
  readonly promised: { readonly at: number; readonly promised: Promised }[];
}
