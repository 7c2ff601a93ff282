import { type ErrorCode, HoldfastError, isError } from "../../errors.js";

/** What a system's error means for a store, and what mends it. */
const fixes: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full: make room on it",
  EDQUOT: "the quota is used up: make room, or raise it",
  EROFS: "the file system is read-only: mount it for writing (after errors Linux does that by itself: see dmesg)",
  EACCES: "this user may not: give it the folder (chown), with mode 0700",
  EPERM: "this user may not: give it the folder (chown), with mode 0700",
  ENOENT: "it, or the folder above, is not there (any more): make it, or say another one",
  ENOTDIR: "there is a file where a folder is meant: say another one",
  EEXIST: "there is something else of that name: move it away, or say another folder",
  EIO: "the disk answered with an error: see dmesg, replace it, restore a backup",
  EMFILE: "this process has too many files open: raise its limit (ulimit -n)",
  ENFILE: "the machine has too many files open: raise its limit (fs.file-max)",
};

/**
 * The error of a store for one of its disk's; a holdfast error stays what it is.
 * @param doing what was tried: "append to journal-3.log"
 */
export function storeFailed(folder: string, doing: string, cause: unknown): HoldfastError {
  if (cause instanceof HoldfastError) return cause;
  const errno = errnoOf(cause);
  const why = fixes[errno ?? ""] ?? (isError(cause) ? cause.message : "for no known reason");
  const code: ErrorCode = "StoreFailed";
  return new HoldfastError(code, `${folder}: cannot ${doing}: ${errno ? `${errno}, ` : ""}${why}`, {
    cause,
    details: { folder, errno },
  });
}

/** The system's name for what went wrong: "ENOSPC". */
export function errnoOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}
