import type { FilesSettings } from "./files-options.js";

/* What a store of files decides: pure, of numbers alone. */

/** Bytes that go with one sync at most, unless one batch has more: written in some 10 ms, so that the first need not wait long. */
export const GROUP_BYTES = 8 * 1024 * 1024;

/** Before the first try after a failure, ms; doubled with each, up to the last. A full disk is looked after by people. */
const RETRY_MS = 100;
const LONGEST_RETRY_MS = 10_000;

/** Journals that need not be full: each start makes one, and each failure. More would only make opening slower. */
const SMALL_JOURNALS = 16;

/**
 * How many of the batches that wait go with the next sync of the disk, in their order.
 *
 *   one arrives            │ A │                             a sync of its own
 *   while it is synced     │   │ B C D                       they wait …
 *   then                       │ B C D │ E …                 … and go together
 *
 * @param sizes bytes of each, in order; one at least
 */
export function groupOf(sizes: readonly number[], sync: FilesSettings["sync"]): number {
  if (sync === "each") return 1;
  let bytes = sizes[0]!;
  let count = 1;
  while (count < sizes.length && bytes + sizes[count]! <= GROUP_BYTES) bytes += sizes[count++]!;
  return count;
}

export interface CheckpointView {
  /** Bytes of all journals since the last checkpoint. */
  readonly journalBytes: number;
  /** Bytes of what is kept. */
  readonly liveBytes: number;
  readonly journals: number;
}

/**
 * Whether a checkpoint pays: it rewrites all that is kept, which is then no more than what was written since the last one.
 * So every byte is written twice at most, and the disk holds no more than some three times what is kept.
 */
export function isCheckpointDue(view: CheckpointView, settings: FilesSettings): boolean {
  const { journalBytes, liveBytes, journals } = view;
  const bytes = Math.max(settings.checkpointBytes, liveBytes);
  return journalBytes >= bytes || journals >= SMALL_JOURNALS + bytes / settings.segmentBytes;
}

/** @param attempt counts from 1 since something was last stored */
export function retryAfter(attempt: number): number {
  return Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** Math.min(attempt - 1, 10));
}
