import { crc32 } from "node:zlib";
import type { Disk, DiskFile } from "../../src/state/disk/disk.js";
import type { OpenStore, Store, StoreChange } from "../../src/system/durable/store.js";
import { StoreModel } from "./store-model.js";

/** What a store must not forget; each left out is a store that loses something, and a test that says so. */
export interface Care {
  /** Syncs the file before it acknowledges. */
  readonly sync: boolean;
  /** Syncs the folder after the file was made. */
  readonly syncFolder: boolean;
  /** Believes a record by its checksum, not by its length. */
  readonly checksum: boolean;
  /** Cuts off what it does not believe, before it appends behind it. */
  readonly cut: boolean;
  /** Syncs what it found, before it says that it has it. */
  readonly syncFound: boolean;
}

export const careful: Care = { sync: true, syncFolder: true, checksum: true, cut: true, syncFound: true };

const NAME = "journal";
const HEAD = 8;

/**
 * The smallest store that keeps its word, to see that the harness finds nothing wrong with it, and something with each of its
 * careless brothers. One file; a record is length, checksum, JSON; one sync for each batch.
 */
export function plainJournal(disk: Disk, care: Care): Store {
  return {
    kind: "store",
    async open() {
      const isNew = !(await disk.list("")).includes(NAME);
      const file = isNew ? await disk.create(NAME) : await disk.open(NAME);
      if (isNew && care.syncFolder) await disk.syncFolder("");
      const model = new StoreModel();
      const bytes = Buffer.from(await disk.read(NAME, 0, await disk.size(NAME)));
      const end = replay(bytes, care, model);
      if (care.cut && end < bytes.length) await file.truncate(end);
      if (care.syncFound) await file.sync();
      if (care.syncFolder) await disk.syncFolder("");
      return opened(file, model, care);
    },
  };
}

/** @returns where the last record that it believes ends */
function replay(bytes: Buffer, care: Care, model: StoreModel): number {
  let at = 0;
  while (at + HEAD <= bytes.length) {
    const end = at + HEAD + bytes.readUInt32LE(at);
    const payload = bytes.subarray(at + HEAD, end);
    if (end > bytes.length || payload.length === 0) break;
    if (care.checksum && crc32(payload) !== bytes.readUInt32LE(at + 4)) break;
    model.apply(JSON.parse(payload.toString(), (_, value) => revived(value)));
    at = end;
  }
  return at;
}

function opened(file: DiskFile, model: StoreModel, care: Care): OpenStore {
  let last = Promise.resolve();
  const write = async (batch: readonly StoreChange[]) => {
    const payload = Buffer.from(JSON.stringify(batch, (_, value) => plain(value)));
    const head = Buffer.alloc(HEAD);
    head.writeUInt32LE(payload.length, 0);
    head.writeUInt32LE(crc32(payload), 4);
    await file.append([head, payload]);
    if (care.sync) await file.sync();
    model.apply(batch);
  };
  return {
    about: "a plain journal",
    failure: undefined,
    ids: () => model.ids(),
    read: async (id) => model.read(id),
    append: (batch) => {
      last = last.then(() => write(batch));
      return last;
    },
    close: async () => {
      await last;
      await file.close();
    },
  };
}

/** JSON makes of a Buffer an object of its own before anybody is asked; here it is text either way. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString("hex") };
  const { type, data } = (value ?? {}) as { type?: unknown; data?: unknown };
  return type === "Buffer" ? { hex: Buffer.from(data as number[]).toString("hex") } : value;
}

function revived(value: unknown): unknown {
  const { hex } = (value ?? {}) as { hex?: unknown };
  return typeof hex === "string" ? Buffer.from(hex, "hex") : value;
}
