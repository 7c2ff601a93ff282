import type { StoreChange, StoredEntity } from "../../src/system/durable/store.js";
import { VirtualClock } from "../../src/testing/virtual-clock.js";
import type { DiskImage } from "./disk-image.js";
import type { DiskLog, Promised } from "./disk-log.js";
import { entitiesOf, heldBy } from "./held.js";
import { type CutOptions, powerCuts } from "./power-cut.js";
import type { StoreOn } from "./scenario.js";
import { SimDisk } from "./sim-disk.js";
import { digestOf } from "./store-model.js";

export interface Verdict {
  /** Disks that were opened. */
  readonly disks: number;
  /** What was wrong, of the first few. */
  readonly problems: readonly string[];
}

export interface JudgeOptions extends CutOptions {
  /** The power fails again while the store opens and goes on, on each how many-th disk; 0: never. Default 0. */
  readonly again?: number;
  /** Only each how many-th disk is opened. Default 1. */
  readonly every?: number;
  /** What else happens to a disk while the power is off: one of several may be lost. */
  readonly meanwhile?: (image: DiskImage, number: number) => DiskImage;
  /** The problems after which it stops. Default 3. */
  readonly enough?: number;
}

/** Opens a store on every disk that a power cut may leave, and compares what it holds with what was promised. */
export async function judge(log: DiskLog, store: StoreOn, options: JudgeOptions = {}): Promise<Verdict> {
  const { again = 0, enough = 3, every = 1, meanwhile = (image) => image } = options;
  const problems: string[] = [];
  let disks = 0;
  let cuts = 0;
  for (const after of powerCuts(log, options)) {
    if (cuts++ % every !== 0) continue;
    disks++;
    const disk = new SimDisk(meanwhile(after.image, disks));
    const problem = await problemOf(after.promised, store, disk).catch((error: unknown) => String(error));
    if (problem !== undefined) problems.push(`${after.about}: ${problem}`);
    else if (again > 0 && disks % again === 0) {
      const second = await judge(disk.log, store, { enough: enough - problems.length });
      disks += second.disks;
      problems.push(...second.problems.map((text) => `${after.about}, then again ${text}`));
    }
    if (problems.length >= enough) break;
  }
  return { disks, problems };
}

/** Opens it; it goes on; opens it once more. The promises go into the disk's own log, for a second cut. */
async function problemOf(promised: Promised, on: StoreOn, disk: SimDisk): Promise<string | undefined> {
  disk.promise(promised);
  const store = await opened(on, disk);
  const entities = await entitiesOf(store);
  const held = digestOf(entities);
  if (!promised.digests.has(held)) return `it does not hold ${promised.about}`;
  const { change, after } = oneMore(entities);
  disk.promise({ digests: new Set([held, after]), about: "what it held when it was open" });
  await store.append([change]);
  disk.promise({ digests: new Set([after]), about: "what it held, and what it took then" });
  if ((await heldBy(store)) !== after) return "it does not hold what it took after the cut";
  await store.close();
  const reopened = await opened(on, disk);
  const last = await heldBy(reopened);
  await reopened.close();
  return last === after ? undefined : "it lost what it took after the cut";
}

/** A change that was not there yet, and what is held with it. */
function oneMore(entities: readonly [string, StoredEntity][]): { change: StoreChange; after: string } {
  const id = "after the cut";
  const before = entities.find(([name]) => name === id)?.[1].tail ?? [];
  const piece = { seq: before.length + 1, data: Buffer.from(`goes on ${before.length}`) };
  const others = entities.filter(([name]) => name !== id);
  const own: [string, StoredEntity] = [id, { bases: [], tail: [...before, piece] }];
  const after = digestOf([...others, own].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { change: { kind: "tail", id, ...piece }, after };
}

function opened(on: StoreOn, disk: SimDisk) {
  return on(disk.session()).open({ clock: new VirtualClock(), tell: () => {} });
}
