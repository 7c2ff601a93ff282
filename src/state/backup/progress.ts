import { HoldfastError } from "../../errors.js";

/** How far a backup, a restore or a verification is. */
export interface BackupProgress {
  readonly phase: "copy" | "check" | "restore";
  /** Bytes so far, of `totalBytes`. */
  readonly bytes: number;
  readonly totalBytes: number;
  /** Bytes that were not in the backup's folder yet. */
  readonly newBytes: number;
}

export type OnProgress = (progress: BackupProgress) => void;

interface Listening {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** Counts what is done and tells it. @returns to be told of each piece; throws Cancelled once the signal fired */
export function progressOf(
  phase: BackupProgress["phase"],
  files: readonly { readonly bytes: number }[],
  { signal, onProgress }: Listening,
): (bytes: number, newBytes?: number) => void {
  const totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
  let done = 0;
  let fresh = 0;
  return (bytes, newBytes = 0) => {
    done += bytes;
    fresh += newBytes;
    onProgress?.({ phase, bytes: done, totalBytes, newBytes: fresh });
    if (signal?.aborted) throw new HoldfastError("Cancelled", `it was ended after ${done} of ${totalBytes} bytes`);
  };
}
