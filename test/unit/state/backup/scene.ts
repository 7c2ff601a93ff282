import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { realClock } from "../../../../src/clock.js";
import type { Disk } from "../../../../src/state/disk/disk.js";
import { files } from "../../../../src/state/files/files.js";
import type { FilesOptions } from "../../../../src/state/files/files-options.js";
import type { OpenStore, StoreNews } from "../../../../src/system/durable/store.js";

/** Folders of one test file, new for each test: a store's, one for its backups, and one that is not there. */
export interface Scene {
  readonly root: string;
  readonly store: string;
  readonly to: string;
  readonly restored: string;
  open(where?: string | Disk, options?: FilesOptions): Promise<OpenStore>;
  readonly news: StoreNews[];
}

export function inFolders(name: string): Scene {
  let top = "";
  const scene = { root: "", store: "", to: "", restored: "", open, news: [] as StoreNews[] };
  beforeAll(() => {
    top = mkdtempSync(join(tmpdir(), `holdfast-${name}-`));
  });
  beforeEach(() => {
    scene.root = mkdtempSync(join(top, "test-"));
    scene.store = join(scene.root, "store");
    scene.to = join(scene.root, "backups");
    scene.restored = join(scene.root, "restored");
    scene.news.length = 0;
  });
  afterAll(() => rmSync(top, { recursive: true, force: true }));
  return scene;

  function open(where: string | Disk = scene.store, options: FilesOptions = {}): Promise<OpenStore> {
    // A test's store is not cut from its power: what the system has is what a copy sees.
    const around = { clock: realClock, tell: (news: StoreNews) => scene.news.push(news) };
    return files(where, { sync: "lost-at-power-cut", ...options }).open(around);
  }
}

/** Counts on: one batch for each number, the state itself every ten. */
export async function count(store: OpenStore, from: number, to: number, id = "count"): Promise<void> {
  const pending: Promise<void>[] = [];
  for (let seq = from; seq <= to; seq++) {
    const data = new TextEncoder().encode(`${id} is at ${seq}`);
    const tail = { kind: "tail" as const, id, seq, data };
    pending.push(store.append(seq % 10 === 0 ? [tail, { kind: "base", id, seq, data }] : [tail]));
  }
  await Promise.all(pending);
}

/** Where the count is, and that nothing is missing on the way there. */
export async function counted(store: OpenStore, id = "count"): Promise<number> {
  const entity = await store.read(id);
  if (!entity) return 0;
  const seqs = entity.tail.map(({ seq }) => seq);
  // Up to the first base, everything is kept.
  const older = entity.bases[1]?.seq ?? 0;
  const last = seqs.at(-1) ?? older;
  const due = Array.from({ length: last - older }, (_, i) => older + 1 + i);
  if (due.join() !== seqs.join()) throw new Error(`after ${older} there are ${seqs.join()}`);
  for (const { seq, data } of [...entity.bases, ...entity.tail]) {
    const text = new TextDecoder().decode(data);
    if (text !== `${id} is at ${seq}`) throw new Error(`${seq} says "${text}"`);
  }
  return last;
}
