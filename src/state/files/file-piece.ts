import type { TablePiece } from "../entity-table.js";
import type { StoredChange } from "./batch-codec.js";
import type { RecordPlace } from "./store-file.js";

/** Where a piece's data lies: not the data, of which there may be more than memory. */
export interface FilePiece extends TablePiece {
  /** A checkpoint brings it elsewhere. */
  record: RecordPlace;
  /** In the record's plain payload. */
  at: number;
}

/** @returns undefined for a change that has no data */
export function pieceOf({ kind, seq, at, length }: StoredChange, record: RecordPlace): FilePiece | undefined {
  return kind === "base" || kind === "tail" ? { seq, length, record, at } : undefined;
}
