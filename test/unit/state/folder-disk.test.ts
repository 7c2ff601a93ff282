import { fork } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FolderDisk } from "../../../src/state/disk/folder-disk.js";
import { processStart, startTicks } from "../../../src/state/disk/process-identity.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "holdfast-disk-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const bytes = (text: string) => Buffer.from(text);

describe("a folder as a disk", () => {
  it("appends, reads any part, cuts and goes on at the cut", async () => {
    const disk = new FolderDisk(root);
    const file = await disk.create("a.log");
    await file.append([bytes("one "), bytes(""), bytes("two "), bytes("three")]);
    await file.sync();
    expect(Buffer.from(await disk.read("a.log", 4, 3)).toString()).toBe("two");
    expect(Buffer.from(await disk.read("a.log", 8, 100)).toString()).toBe("three");
    await file.truncate(4);
    await file.append([bytes("four")]);
    await file.close();
    expect(await disk.size("a.log")).toBe(8);
    const again = await disk.open("a.log");
    await again.append([bytes("!")]);
    await again.close();
    expect(Buffer.from(await disk.read("a.log", 0, 100)).toString()).toBe("one four!");
  });

  it("takes more chunks than the system takes in one call", async () => {
    const disk = new FolderDisk(root);
    const file = await disk.create("many");
    const chunks = Array.from({ length: 5000 }, (_, i) => bytes(`${i},`));
    await file.append(chunks);
    await file.close();
    expect(Buffer.from(await disk.read("many", 0, 100_000)).toString()).toBe(chunks.join(""));
  });

  it("keeps what it makes from others, renames over what is there, removes files and empty folders", async () => {
    const disk = new FolderDisk(join(root, "state"));
    await disk.makeFolder("");
    await disk.makeFolder("");
    await disk.makeFolder("below");
    await (await disk.create("below/x")).close();
    await (await disk.create("y")).close();
    expect(statSync(join(root, "state")).mode & 0o777).toBe(0o700);
    expect(statSync(join(root, "state/below/x")).mode & 0o777).toBe(0o600);
    await expect(disk.create("y")).rejects.toMatchObject({ code: "EEXIST" });
    await disk.rename("below/x", "y");
    await disk.syncFolder("");
    await disk.remove("below");
    expect(await disk.list("")).toEqual(["y"]);
    await expect(disk.open("z")).rejects.toMatchObject({ code: "ENOENT" });
    await expect(disk.size("../secret")).rejects.toThrow(/leads out of/);
  });

  it("says ENOENT where the folder above is missing, and refuses a file in the folder's place", async () => {
    await expect(new FolderDisk(join(root, "no/state")).makeFolder("")).rejects.toMatchObject({ code: "ENOENT" });
    writeFileSync(join(root, "file"), "");
    await expect(new FolderDisk(join(root, "file")).makeFolder("")).rejects.toMatchObject({ code: "EEXIST" });
  });
});

describe("the lock of a folder", () => {
  const locks = () => readdirSync(root).filter((name) => name.startsWith("LOCK"));

  it("has one owner, who is named, and is free again when released", async () => {
    const lock = await new FolderDisk(root).lock();
    await expect(new FolderDisk(root).lock()).rejects.toMatchObject({
      code: "StoreInUse",
      details: { pid: process.pid, folder: resolve(root) },
    });
    expect(locks()).toHaveLength(1);
    await lock.release();
    expect(locks()).toEqual([]);
    await (await new FolderDisk(root).lock()).release();
  });

  it("is never two's when many come at once", async () => {
    for (let round = 0; round < 20; round++) {
      const tries = await Promise.allSettled(Array.from({ length: 8 }, () => new FolderDisk(root).lock()));
      const owners = tries.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      expect(owners.length).toBeLessThanOrEqual(1);
      await Promise.all(owners.map((owner) => owner.release()));
      expect(locks()).toEqual([]);
    }
  });

  it("is another process's while that lives, and is taken over when it was killed", async () => {
    const script = join(root, "owner.mjs");
    writeFileSync(
      script,
      `import { FolderDisk } from ${JSON.stringify(resolve("dist/state/disk/folder-disk.js"))};
       await new FolderDisk(${JSON.stringify(root)}).lock();
       process.send("locked");
       process.on("message", () => {});`,
    );
    const owner = fork(script);
    await new Promise((told) => owner.once("message", told));
    await expect(new FolderDisk(root).lock()).rejects.toMatchObject({
      code: "StoreInUse",
      details: { pid: owner.pid },
    });
    owner.kill("SIGKILL");
    await new Promise((gone) => owner.once("exit", gone));
    const lock = await new FolderDisk(root).lock();
    expect(lock.takenOver).toContain(`LOCK-${owner.pid}-`);
    expect(locks()).toHaveLength(1);
    await lock.release();
  });

  it.runIf(process.platform === "linux")("is not another process's that got the same pid", async () => {
    writeFileSync(join(root, `LOCK-${process.pid}-00000000.1-1`), "");
    const lock = await new FolderDisk(root).lock();
    expect(lock.takenOver).toContain("00000000.1");
    await lock.release();
  });
});

describe("when a process began", () => {
  it.runIf(process.platform === "linux")("is the same each time, and unknown of a pid that nobody has", async () => {
    expect(await processStart(process.pid)).toMatch(/^[0-9a-f]{8}\.\d+$/);
    expect(await processStart(process.pid)).toBe(await processStart(process.pid));
    expect(await processStart(2 ** 22 + 1)).toBeUndefined();
  });

  it("is read past a name with parentheses and blanks, and not of a process that has ended", () => {
    const stat = (state: string, threads: number) =>
      `7 (a) b (c) ${state} 1 7 7 0 -1 4194304 1 0 0 0 1 2 3 4 20 0 ${threads} 0 98765 1 2 3`;
    expect(startTicks(stat("S", 11))).toBe("98765");
    expect(startTicks(stat("Z", 1))).toBeUndefined();
    expect(startTicks(stat("Z", 2))).toBe("98765");
    expect(startTicks("garbage")).toBeUndefined();
  });
});
