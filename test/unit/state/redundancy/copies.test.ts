import { expect, it } from "vitest";
import { RedundantDisk } from "../../../../src/state/redundancy/redundant-disk.js";
import { MemoryDisk } from "./memory-disk.js";

/** A file that grows, and its writer. */
async function growing() {
  const disks = [1, 2, 3].map((i) => new MemoryDisk(`/sd${i}`));
  const set = new RedundantDisk(disks, { parity: 1 });
  await set.lock();
  const file = await set.create("growing");
  const more = async () => {
    await file.append([Buffer.alloc(100, 7)]);
    await file.sync();
  };
  await more();
  return { disks, more };
}

it("takes no file for damaged that grows while its end is looked for", async () => {
  const { disks, more } = await growing();
  const last = disks[2]!;
  const read = last.read.bind(last);
  let reads = 0;
  last.read = async (path, from, length) => {
    const bytes = await read(path, from, length);
    // Of the last disk the header is read, and what is at the end: by then the others had nothing there.
    if (path === "growing.copy" && ++reads === 2) {
      await more();
      await more();
    }
    return bytes;
  };
  expect(await new RedundantDisk(disks, { parity: 1 }).size("growing")).toBe(300);
  expect(reads).toBeGreaterThan(2);
});
