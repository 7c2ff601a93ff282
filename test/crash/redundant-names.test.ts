import { expect, it } from "vitest";
import type { Disk } from "../../src/state/disk/disk.js";
import { RedundantDisk } from "../../src/state/redundancy/redundant-disk.js";
import { type AfterCut, powerCuts } from "./power-cut.js";
import { SimDisk } from "./sim-disk.js";
import { slicesOf } from "./slices.js";

const one = "one ".repeat(60);
const two = "two ".repeat(70);

type Held = Readonly<Record<string, string>>;

/** What the set holds, as text. */
async function heldBy(disk: Disk): Promise<string> {
  const held: Record<string, string> = {};
  for (const path of (await disk.list("")).sort()) {
    held[path] = Buffer.from(await disk.read(path, 0, 9999)).toString();
  }
  return JSON.stringify(held);
}

function setOn(disk: Disk, lost?: number): RedundantDisk {
  const gone = () => Promise.reject(Object.assign(new Error("EIO"), { code: "EIO" }));
  const away = { list: gone, read: gone, size: gone, create: gone, open: gone, lock: gone };
  const slices = slicesOf(disk, 3).map((slice, i) => (i === lost ? { ...slice, ...away } : slice));
  return new RedundantDisk(slices, { parity: 1 });
}

/** A file is made, sealed, replaced, sealed, removed; at each step what may be found by then. */
async function work(sim: SimDisk): Promise<void> {
  const promise = (...states: Held[]) =>
    sim.promise({ digests: new Set(states.map((state) => JSON.stringify(state))), about: JSON.stringify(states) });
  const set = setOn(sim.session());
  promise({});
  await set.lock();
  const write = async (path: string, text: string) => {
    const file = await set.create(path);
    await file.append([Buffer.from(text)]);
    await file.sync();
    await file.close();
  };
  promise({}, { a: "" }, { a: one });
  await write("a", one);
  await set.syncFolder("");
  promise({ a: one });
  await set.sealed("a");
  promise({ a: one }, { a: one, b: "" }, { a: one, b: two }, { a: two }, { a: two, b: two });
  await write("b", two);
  await set.rename("b", "a");
  await set.syncFolder("");
  promise({ a: two });
  await set.sealed("a");
  promise({ a: two }, {});
  await set.remove("a");
  await set.syncFolder("");
  promise({});
}

async function problemOf({ image, promised, about }: AfterCut, lost: number | undefined): Promise<string | undefined> {
  const sim = new SimDisk(image);
  try {
    // Who only looks, who opens it, and who opens it again.
    const looked = await heldBy(setOn(sim.session(), lost));
    const set = setOn(sim.session(), lost);
    const lock = await set.lock();
    const held = await heldBy(set);
    await lock.release();
    const again = setOn(sim.session(), lost);
    await again.lock();
    for (const state of [looked, held]) {
      if (!promised.digests.has(state)) return `${about}, disk ${lost} lost: ${state} instead of ${promised.about}`;
    }
    return (await heldBy(again)) === held ? undefined : `${about}, disk ${lost} lost: opened twice, another state`;
  } catch (error) {
    return `${about}, disk ${lost} lost: ${error}`;
  }
}

it("keeps every file whole while it is made, sealed, replaced and removed, wherever the power is cut", async () => {
  const founded = new SimDisk();
  const empty = setOn(founded.session());
  await empty.makeFolder("");
  await (await empty.lock()).release();
  const sim = new SimDisk(founded.image());
  await work(sim);
  const problems: string[] = [];
  let disks = 0;
  for (const after of powerCuts(sim.log, { torn: 1 })) {
    for (const lost of [undefined, disks % 3]) {
      const problem = await problemOf(after, lost);
      if (problem !== undefined) problems.push(problem);
    }
    disks++;
    if (problems.length > 2) break;
  }
  expect(problems).toEqual([]);
  expect(disks).toBeGreaterThan(300);
});
