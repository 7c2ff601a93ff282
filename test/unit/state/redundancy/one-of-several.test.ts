import { renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, it } from "vitest";
import { files } from "../../../../src/state/files/files.js";
import { VirtualClock } from "../../../../src/testing/virtual-clock.js";
import { base, scratchFolder, stored } from "../files/opened.js";

const around = { clock: new VirtualClock(), tell: () => {} };

it("refuses one folder of a set as a store of its own, and names a store that was begun in it", async () => {
  const folders = [scratchFolder(), scratchFolder(), scratchFolder()];
  const set = () => files(folders, { parity: 1 }).open(around);
  const first = await set();
  await first.append([base("a", 1, "x")]);
  await first.close();

  await expect(files(folders[1]!).open(around)).rejects.toMatchObject({
    code: "InvalidSpec",
    message: expect.stringMatching(/is one disk of a redundant set: give all of its folders, files\(\[.*parity: 1/),
  });
  const journal = join(folders[1]!, "journal-2.log");
  writeFileSync(journal, "of another store");
  await expect(set()).rejects.toMatchObject({
    code: "InvalidSpec",
    message: expect.stringContaining(`${folders[1]} is a disk of a redundant set, and has "journal-2.log" of a store`),
  });
  renameSync(journal, join(scratchFolder(), "journal-2.log"));
  const again = await set();
  expect(await stored(again, "a")).toEqual([["1=x"], []]);
  await again.close();
});

it("refuses a folder that is given twice", () => {
  const folder = scratchFolder();
  const message = `${folder} is given twice: give each folder once, each on a disk of its own`;
  expect(() => files([folder, `${folder}/../${basename(folder)}`])).toThrow(message);
});
