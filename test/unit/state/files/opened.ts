import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import type { Disk } from "../../../../src/state/disk/disk.js";
import { files } from "../../../../src/state/files/files.js";
import type { FilesOptions } from "../../../../src/state/files/files-options.js";
import type { OpenStore, StoreChange, StoreNews } from "../../../../src/system/durable/store.js";
import { VirtualClock } from "../../../../src/testing/virtual-clock.js";

const folders: string[] = [];
const stores: OpenStore[] = [];

afterEach(async () => {
  await Promise.allSettled(stores.splice(0).map((store) => store.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-files-"));
  folders.push(folder);
  return folder;
}

export interface Opened {
  readonly store: OpenStore;
  readonly news: StoreNews[];
  readonly clock: VirtualClock;
}

/** A store that is closed when the test is over. */
export async function opened(where: string | Disk, options?: FilesOptions): Promise<Opened> {
  const news: StoreNews[] = [];
  const clock = new VirtualClock();
  const store = await files(where, options).open({ clock, tell: (one) => news.push(one) });
  stores.push(store);
  return { store, news, clock };
}

/** "base 4=x" of one entity as the store gives it back: `[["4=x"], ["5=y"]]`. */
export async function stored(store: OpenStore, id: string): Promise<[bases: string[], tail: string[]] | undefined> {
  const entity = await store.read(id);
  const text = (pieces: readonly { seq: number; data: Uint8Array }[]) =>
    pieces.map(({ seq, data }) => `${seq}=${Buffer.from(data).toString()}`);
  return entity && [text(entity.bases), text(entity.tail)];
}

export const base = (id: string, seq: number, text: string): StoreChange => ({
  kind: "base",
  id,
  seq,
  data: bytes(text),
});
export const tail = (id: string, seq: number, text: string): StoreChange => ({
  kind: "tail",
  id,
  seq,
  data: bytes(text),
});
export const drop = (id: string, seq: number): StoreChange => ({ kind: "drop", id, seq });
export const forget = (id: string): StoreChange => ({ kind: "forget", id });

function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}
