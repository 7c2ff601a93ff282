import type { Disk } from "../../src/state/disk/disk.js";
import { files } from "../../src/state/files/files.js";

/** Files so small that a few dozen batches change them and make checkpoints. */
export const small = { segmentBytes: 1024, checkpointBytes: 2048 } as const;

export const smallFiles = (disk: Disk) => files(disk, small);
