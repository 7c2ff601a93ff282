/**
 * Bytes of one piece that a file is cut into: 1 MiB. Of a journal that grew, what is new is its last piece and those after it;
 * hashing one takes about a millisecond, which is as long as a backup may keep the thread from other work.
 */
export const PART_BYTES = 1024 * 1024;

/**
 * So many times a copy starts over because the store put a checkpoint in the place of what was being copied: a checkpoint is
 * as rare as its segments are large, and a copy that meets several in a row is slower than the store grows.
 */
export const COPY_ATTEMPTS = 10;
