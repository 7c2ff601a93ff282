import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Clock, realClock } from "../../src/clock.js";
import { HoldfastError } from "../../src/errors.js";
import { files } from "../../src/state/files/files.js";
import { lmdb } from "../../src/state/lmdb-store.js";
import type { Store, StoreNews } from "../../src/system/durable/store.js";
import { heldBy } from "./held.js";
import { numberedBatch } from "./numbered-batches.mjs";
import { StoreModel } from "./store-model.js";
import { readOnly, tinyDisk } from "./tiny-disk.js";

const stores = [
  { kind: "files", make: (folder: string): Store => files(folder, { segmentBytes: 65_536, checkpointBytes: 2 ** 30 }) },
  { kind: "lmdb", make: (folder: string): Store => lmdb(folder) },
] as const;

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "holdfast-faults-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function opened(store: Store, news: StoreNews[] = [], clock: Clock = realClock) {
  return store.open({ clock, tell: (one) => news.push(one) });
}

function modelOf(batches: number): StoreModel {
  const model = new StoreModel();
  for (let n = 1; n <= batches; n++) model.apply(numberedBatch(n));
  return model;
}

async function failure(attempt: Promise<unknown>): Promise<HoldfastError> {
  const error = await attempt.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(HoldfastError);
  return error as HoldfastError;
}

describe.each(stores)("$kind, with what goes wrong on real machines", ({ kind, make }) => {
  it("a full disk: what was acknowledged is there, what failed is not, and it goes on when there is room", async ({
    skip,
  }) => {
    const disk = tinyDisk(2048) ?? skip("this user may not mount");
    const ballast = join(disk, "ballast");
    writeFileSync(ballast, Buffer.alloc(1_000_000));
    const place = join(disk, "state");
    const news: StoreNews[] = [];
    const store = await opened(make(place), news);
    let acknowledged = 0;
    let refused: HoldfastError | undefined;
    const large = (n: number) => store.append([{ kind: "tail", id: "ballast", seq: n, data: Buffer.alloc(20_000) }]);
    for (let n = 1; refused === undefined && n < 500; n++) {
      await store.append(numberedBatch(n)).then(
        () => {
          acknowledged = n;
        },
        (error: HoldfastError) => {
          refused = error;
        },
      );
      refused ??= await large(n).then(
        () => undefined,
        (error: HoldfastError) => error,
      );
    }
    expect(refused).toMatchObject({ code: "StoreFailed", retryable: true });
    expect(refused!.message).toContain(place);
    expect(news.map((one) => one.kind)).toEqual(["store-failed"]);
    const held = await heldBy(store);
    rmSync(ballast);
    await vi.waitFor(() => expect(store.failure).toBeUndefined(), { timeout: 30_000 });
    expect(news.map((one) => one.kind)).toEqual(["store-failed", "store-recovered"]);
    expect(await heldBy(store)).toBe(held);
    await store.append([{ kind: "forget", id: "ballast" }]);
    await store.append(numberedBatch(acknowledged + 1));
    await store.close();
    const again = await opened(make(place));
    expect(await heldBy(again)).toBe(modelOf(acknowledged + 1).digest());
    await again.close();
  });

  it("a read-only folder is refused, and nothing in it changes", async ({ skip }) => {
    const place = folder();
    const store = await opened(make(place));
    await store.append(numberedBatch(1));
    await store.close();
    const there = readOnly(place) ?? skip("this user may not mount");
    const error = await failure(opened(make(there)));
    expect(error).toMatchObject({ code: "StoreFailed", details: { errno: "EROFS" } });
    expect(error.message).toContain(there);
    const again = await opened(make(place));
    expect(await heldBy(again)).toBe(modelOf(1).digest());
    await again.close();
  });

  it("a folder of somebody else is refused", async () => {
    const place = folder();
    // Root in this test, nobody in the process that opens it; everybody else may neither way.
    chmodSync(place, process.getuid!() === 0 ? 0o700 : 0o500);
    const program = fileURLToPath(new URL("./opening.mjs", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [program, kind, place]);
    const said = JSON.parse(stdout);
    expect(said).toMatchObject({ code: "StoreFailed", details: { errno: "EACCES" } });
    expect(said.message).toContain(place);
    expect(readdirSync(place)).toEqual([]);
  });

  it("a folder above that is missing is named, and not made", async () => {
    const place = join(folder(), "not", "mounted");
    const error = await failure(opened(make(place)));
    expect(error).toMatchObject({ code: "StoreFailed", details: { errno: "ENOENT" } });
    expect(error.message).toContain(place);
  });

  it("a file where the folder should be is refused", async () => {
    const place = join(folder(), "file");
    writeFileSync(place, "mine");
    const error = await failure(opened(make(place)));
    expect(error.code).toBe("StoreFailed");
    expect(error.message).toContain(place);
  });

  it("a folder that is taken away ends nothing but the store: whoever waits hears of it", async () => {
    const place = join(folder(), "state");
    mkdirSync(place);
    const store = await opened(make(place));
    await store.append(numberedBatch(1));
    rmSync(place, { recursive: true });
    // What is open is there until it is closed; the next file cannot be made.
    const outcomes: (HoldfastError | undefined)[] = [];
    for (let n = 2; n < 200; n++) {
      const outcome = await store.append(numberedBatch(n)).then(
        () => undefined,
        (error: HoldfastError) => error,
      );
      outcomes.push(outcome);
    }
    for (const error of outcomes) if (error) expect(error.code).toBe("StoreFailed");
    await store.close().catch((error: unknown) => expect(error).toBeInstanceOf(HoldfastError));
    const anew = await opened(make(place));
    expect([...anew.ids()]).toEqual([]);
    await anew.close();
  });

  it("a clock that steps back changes nothing of what is stored, or in which order", async () => {
    const place = folder();
    let wall = Date.UTC(2030, 0, 1);
    const clock: Clock = { ...realClock, wallTime: () => (wall -= 3_600_000) };
    for (let opening = 0; opening < 4; opening++) {
      const store = await opened(make(place), [], clock);
      expect(await heldBy(store)).toBe(modelOf(opening * 30).digest());
      for (let n = 1; n <= 30; n++) await store.append(numberedBatch(opening * 30 + n));
      await store.close();
    }
  });

  it("a second process is refused with the owner's pid, and takes over when that one was killed", async () => {
    const place = folder();
    const program = fileURLToPath(new URL("./appending.mjs", import.meta.url));
    const owner = spawn(process.execPath, [program, kind, place, "1", "4"], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void owner.kill("SIGKILL"));
    const told: string[] = [];
    owner.stdout.on("data", (data) => told.push(String(data)));
    await vi.waitFor(() => expect(told.join("")).toContain("\n20\n"), { timeout: 30_000 });
    const error = await failure(opened(make(place)));
    expect(error).toMatchObject({ code: "StoreInUse", details: { pid: owner.pid } });
    expect(error.message).toContain(`${owner.pid}`);
    const ended = once(owner, "close");
    owner.kill("SIGKILL");
    await ended;
    const store = await opened(make(place));
    const acknowledged = told.join("").split("\n").slice(0, -1).length - 1;
    const held = await heldBy(store);
    const possible = [0, 1, 2, 3, 4].map((more) => modelOf(acknowledged + more).digest());
    expect(possible).toContain(held);
    await store.close();
  });
});
