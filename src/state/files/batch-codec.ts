import type { StoreChange } from "../../system/durable/store.js";

/** A change as it is known from its record: where its data lies, not what it is. */
export interface StoredChange {
  readonly kind: StoreChange["kind"];
  readonly id: string;
  /** 0 for forget. */
  readonly seq: number;
  /** Of its data, in the plain payload. */
  readonly at: number;
  readonly length: number;
}

export interface EncodedBatch {
  readonly payload: Uint8Array;
  readonly changes: readonly StoredChange[];
}

const kinds: readonly StoreChange["kind"][] = ["base", "tail", "drop", "forget"];

/** Half a letter: UTF-8 has none, and would make two ids one. */
const surrogate = /\p{Surrogate}/u;

/** Beside the kind: the id is in UTF-16. */
const WIDE = 0x80;

/** Kind 1, length of the id 2, sequence number 8, length of the data 4. */
const FIXED = 15;

/*
 *   count ─┬─ kind ─ n ─ seq ─ m ─ id ─ data      for each change; little-endian
 *   4      │  1      2   8     4   n    m
 */
export function encodeBatch(batch: readonly StoreChange[]): EncodedBatch {
  let size = 4;
  for (const change of batch)
    size += FIXED + Buffer.byteLength(change.id, encodingOf(change.id)) + dataOf(change).length;
  const payload = Buffer.allocUnsafe(size);
  payload.writeUInt32LE(batch.length, 0);
  let at = 4;
  const changes = batch.map((change): StoredChange => {
    const { kind, id } = change;
    const data = dataOf(change);
    const seq = kind === "forget" ? 0 : change.seq;
    const encoding = encodingOf(id);
    const idBytes = payload.write(id, at + FIXED, encoding);
    payload[at] = kinds.indexOf(kind) | (encoding === "utf16le" ? WIDE : 0);
    payload.writeUInt16LE(idBytes, at + 1);
    payload.writeDoubleLE(seq, at + 3);
    payload.writeUInt32LE(data.length, at + 11);
    at += FIXED + idBytes;
    payload.set(data, at);
    const stored = { kind, id, seq, at, length: data.length };
    at += data.length;
    return stored;
  });
  return { payload, changes };
}

/** @returns undefined for what is no batch: the checksum was right, so somebody else wrote it */
export function decodeBatch(payload: Uint8Array): readonly StoredChange[] | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  if (bytes.length < 4) return undefined;
  const changes: StoredChange[] = [];
  let at = 4;
  for (let left = bytes.readUInt32LE(0); left > 0; left--) {
    if (at + FIXED > bytes.length) return undefined;
    const kind = kinds[bytes[at]! & ~WIDE];
    const encoding = bytes[at]! & WIDE ? "utf16le" : "utf8";
    const idEnd = at + FIXED + bytes.readUInt16LE(at + 1);
    const seq = bytes.readDoubleLE(at + 3);
    const length = bytes.readUInt32LE(at + 11);
    if (kind === undefined || idEnd + length > bytes.length || !Number.isSafeInteger(seq)) return undefined;
    changes.push({ kind, id: bytes.toString(encoding, at + FIXED, idEnd), seq, at: idEnd, length });
    at = idEnd + length;
  }
  return at === bytes.length ? changes : undefined;
}

function encodingOf(id: string): "utf8" | "utf16le" {
  return surrogate.test(id) ? "utf16le" : "utf8";
}

const nothing = new Uint8Array(0);

function dataOf(change: StoreChange): Uint8Array {
  return change.kind === "base" || change.kind === "tail" ? change.data : nothing;
}
