import { realClock, seededChance } from "../../src/clock.js";
import { isHoldfastError } from "../../src/errors.js";
import type { Disk } from "../../src/state/disk/disk.js";
import type { OpenStore, Store, StoreNews, StoreSurroundings } from "../../src/system/durable/store.js";
import { VirtualClock } from "../../src/testing/virtual-clock.js";
import { heldBy } from "./held.js";
import { SimDisk } from "./sim-disk.js";
import { StoreModel } from "./store-model.js";
import { Workload, type WorkloadOptions } from "./workload.js";

/** A store on whatever disk it is given. */
export type StoreOn = (disk: Disk) => Store;

export interface Session {
  readonly batches: number;
  /** Batches that are appended before the first of them is durable. Default 4. */
  readonly inFlight?: number;
  /** How the process ends: "close" waits for everything, "kill" for nothing. Default "close". */
  readonly end?: "close" | "kill";
}

export interface ScenarioOptions extends WorkloadOptions {
  readonly store: StoreOn;
  readonly seed: number;
  readonly sessions: readonly Session[];
  readonly disk?: SimDisk;
}

/** Longer than any store waits before it looks whether a disk takes again. */
const RECOVERED_WITHIN_MS = 120_000;

/**
 * Processes, one after another, work on a store; the disk's log keeps what each call did and what was promised by then.
 *
 *   open ─ what is there is one of the states promised ─ append … ─ acknowledged, in order ─ close, or the process ends
 *
 * @returns the disk, with its log
 * @throws Error where the store breaks its word while it is open
 */
export async function play({
  store,
  seed,
  sessions,
  disk = new SimDisk(),
  ...sizes
}: ScenarioOptions): Promise<SimDisk> {
  const history = new History(disk);
  const workload = new Workload(seed, sizes);
  const chance = seededChance(seed);
  const turnsBeforeDeath = () => Math.floor(chance() * MOST_TURNS);
  for (const session of sessions) await playSession({ store, disk, history, workload, turnsBeforeDeath }, session);
  return disk;
}

/** More than an append and its sync take: a process is killed before, between and after them. */
const MOST_TURNS = 20;

interface Play {
  readonly store: StoreOn;
  readonly disk: SimDisk;
  readonly history: History;
  readonly workload: Workload;
  turnsBeforeDeath(): number;
}

async function playSession(
  { store: on, disk, history, workload, turnsBeforeDeath }: Play,
  session: Session,
): Promise<void> {
  const { batches, inFlight = 4, end = "close" } = session;
  const clock = new VirtualClock();
  const news: StoreNews[] = [];
  const store = await openedAtLast(on, disk, { clock, tell: (one) => news.push(one) });
  history.opened(await looked(disk, store));
  const waiting = new Set<Promise<void>>();
  for (let i = 0; i < batches; i++) {
    if (store.failure) await recovered(store, clock, disk, history, waiting);
    const { batch, number } = history.submit(workload);
    const settled = store.append(batch).then(
      () => history.acknowledged(number),
      (error: unknown) => history.rejected(number, error),
    );
    waiting.add(settled);
    void settled.finally(() => waiting.delete(settled)).catch(() => {});
    if (waiting.size >= inFlight) await Promise.race(waiting);
  }
  if (end === "kill") {
    for (let left = turnsBeforeDeath(); left > 0; left--) await undefined;
    disk.kill();
    return;
  }
  await Promise.all(waiting);
  if (store.failure) await recovered(store, clock, disk, history, waiting);
  history.same(await looked(disk, store));
  await store.close();
}

/** A disk that fails may keep a store from opening; whoever opens it tries again. */
async function openedAtLast(on: StoreOn, disk: SimDisk, around: StoreSurroundings): Promise<OpenStore> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await on(disk.session()).open(around);
    } catch (error) {
      if (attempt === MOST_OPENINGS || !isHoldfastError(error, "StoreFailed")) throw error;
    }
  }
}

/** No test's disk fails so often. */
const MOST_OPENINGS = 40;

/** What was in flight has failed; in time the store takes again, and holds what it acknowledged. */
async function recovered(
  store: OpenStore,
  clock: VirtualClock,
  disk: SimDisk,
  history: History,
  waiting: ReadonlySet<Promise<void>>,
) {
  await Promise.all(waiting);
  for (let waited = 0; store.failure !== undefined; waited += 1000) {
    if (waited > RECOVERED_WITHIN_MS) throw new Error(`the store never takes again: ${store.failure.message}`);
    await clock.advance(1000);
    await turns();
  }
  history.same(await looked(disk, store));
}

/** What a store holds, seen by somebody whom no fault meets. */
async function looked(disk: SimDisk, store: OpenStore): Promise<string> {
  const { faults } = disk;
  disk.faults = () => undefined;
  try {
    return await heldBy(store);
  } finally {
    disk.faults = faults;
  }
}

/** The disk in memory needs no more than this to do what was asked of it. */
function turns(): Promise<void> {
  return new Promise((resolve) => realClock.after(0, resolve));
}

/** What was appended and what of it was acknowledged, in a row that only a crash or a failure makes shorter. */
class History {
  readonly #disk: SimDisk;
  /** The state after each number of batches. */
  #states: { readonly model: StoreModel; readonly digest: string }[];
  #acknowledged = 0;
  /** Batches before `#states[0]`: numbers go on from there. */
  #base = 0;

  constructor(disk: SimDisk) {
    this.#disk = disk;
    const model = new StoreModel();
    this.#states = [{ model, digest: model.digest() }];
    this.#promise();
  }

  opened(digest: string): void {
    const found = this.#states.findIndex((state, i) => i >= this.#acknowledged && state.digest === digest);
    if (found === -1) throw new Error("the store opens with something that it never held");
    this.#base += found;
    this.#states = [this.#states[found]!];
    this.#acknowledged = 0;
    this.#promise();
  }

  submit(workload: Workload) {
    const model = this.#states.at(-1)!.model.copy();
    const batch = workload.next(model);
    model.apply(batch);
    this.#states.push({ model, digest: model.digest() });
    this.#promise();
    return { batch, number: this.#base + this.#states.length - 1 };
  }

  acknowledged(number: number): void {
    const at = number - this.#base;
    if (at !== this.#acknowledged + 1) throw new Error(`batch ${number} is acknowledged out of its turn`);
    this.#acknowledged = at;
    this.#promise();
  }

  /**
   * It, and all that came after it, never happened. Only where the disk did not even take back what was written of it, it may
   * come back with a power cut, until the store takes again.
   */
  rejected(number: number, error: unknown): void {
    if (!isHoldfastError(error, "StoreFailed")) throw error;
    if (number - this.#base <= this.#acknowledged) throw new Error(`batch ${number} was acknowledged before it failed`);
    if (!this.#disk.refused.has("truncate")) this.#settle();
  }

  /** The open store holds what was acknowledged, and nothing else. */
  same(digest: string): void {
    if (digest !== this.#states[this.#acknowledged]!.digest) {
      throw new Error("the open store does not hold what it acknowledged");
    }
    this.#settle();
  }

  #settle(): void {
    this.#states = this.#states.slice(0, this.#acknowledged + 1);
    this.#promise();
  }

  #promise(): void {
    const kept = this.#states.slice(this.#acknowledged);
    const [from, to] = [this.#base + this.#acknowledged, this.#base + this.#states.length - 1];
    const about = `the first ${from === to ? from : `${from} to ${to}`} batches`;
    this.#disk.promise({ digests: new Set(kept.map(({ digest }) => digest)), about });
  }
}
