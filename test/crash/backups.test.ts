import { beforeAll, expect, it } from "vitest";
import { realClock } from "../../src/clock.js";
import { backup } from "../../src/state/backup/backup.js";
import { listBackups } from "../../src/state/backup/list-backups.js";
import { restore } from "../../src/state/backup/restore.js";
import { verify } from "../../src/state/backup/verify.js";
import type { Disk } from "../../src/state/disk/disk.js";
import { files } from "../../src/state/files/files.js";
import type { OpenStore } from "../../src/system/durable/store.js";
import type { DiskImage } from "./disk-image.js";
import { powerCuts } from "./power-cut.js";
import { SimDisk } from "./sim-disk.js";

/*
 *   a store that grows ─▸ backup ─▸ backup, one is removed ─▸ backup …      onto a simulated disk, whose power is cut after
 *                                                                          each call, or whose calls fail, each in its turn
 */

const around = { clock: realClock, tell() {} };
const small = { segmentBytes: 1024, checkpointBytes: 4096, sync: "lost-at-power-cut" } as const;

/** The store's disk after each of three steps, and how far it had counted by then. */
const steps: { readonly image: DiskImage; readonly upTo: number }[] = [];

beforeAll(async () => {
  const disk = new SimDisk();
  const store = await files(disk.session(), small).open(around);
  for (const [from, upTo] of [
    [1, 5],
    [6, 40],
    [41, 60],
  ] as const) {
    for (let seq = from; seq <= upTo; seq++) await store.append([change(seq)]);
    steps.push({ image: disk.image(), upTo });
  }
  await store.close();
});

function change(seq: number) {
  const data = new TextEncoder().encode(`${seq} `.repeat(10));
  return { kind: seq % 10 === 0 ? ("base" as const) : ("tail" as const), id: "count", seq, data };
}

async function counted(store: OpenStore): Promise<number> {
  const entity = await store.read("count");
  for (const { seq, data } of [...(entity?.bases ?? []), ...(entity?.tail ?? [])])
    expect(Buffer.from(data)).toEqual(Buffer.from(change(seq).data));
  return Math.max(0, ...(entity?.tail ?? []).map(({ seq }) => seq), ...(entity?.bases ?? []).map(({ seq }) => seq));
}

/** The ids there, each of which is whole. */
async function wholeIds(disk: Disk): Promise<string[]> {
  const ids = (await listBackups(disk)).map(({ id }) => id);
  if (ids.length === 0) return ids;
  const verified = await verify(disk);
  expect(verified.flatMap(({ id, problem }) => (problem ? `${id}: ${problem.message}` : []))).toEqual([]);
  return ids;
}

const clockAt = (hour: number) => ({ wallTime: () => Date.UTC(2026, 4, 1, hour) });
const idAt = (number: number) => `00000${number}-20260501T0${number}0000Z`;
const take = (step: number, to: Disk) =>
  backup(new SimDisk(steps[step]!.image).session(), to, { keep: { last: 2 }, clock: clockAt(step + 1) });

it("wherever the power is cut, every backup that is listed is whole, and none that was made is missing", async () => {
  const disk = new SimDisk();
  const promise = (...sets: string[][]) => {
    disk.promise({
      digests: new Set(sets.map((ids) => ids.join())),
      about: sets.map((ids) => `[${ids}]`).join(" or "),
    });
  };
  const [one, two, three] = [idAt(1), idAt(2), idAt(3)];
  const after = [[], [one], [one, two], [two, three]];
  for (const step of [0, 1, 2]) {
    const between = step === 2 ? [[one, two, three]] : [];
    promise(after[step]!, ...between, after[step + 1]!);
    await take(step, disk.session());
    promise(after[step + 1]!);
    expect(await wholeIds(disk.session())).toEqual(after[step + 1]);
  }
  let disks = 0;
  for (const { image, promised, about } of powerCuts(disk.log)) {
    disks++;
    const left = new SimDisk(image);
    const ids = await wholeIds(left.session());
    expect(promised.digests, `${about}: ${promised.about}`).toContain(ids.join());
    if (disks % 10 > 0) continue;
    // What the cut has left is in nobody's way.
    const { id } = await backup(new SimDisk(steps[2]!.image).session(), left.session(), { clock: clockAt(9) });
    expect(await wholeIds(left.session())).toEqual([...ids, id]);
    expect([...left.image().files.keys()].filter((path) => path.endsWith(".tmp"))).toEqual([]);
  }
  expect(disks).toBeGreaterThan(300);
});

it("wherever the power is cut, what is restored is the whole store, or none that opens with something in it", async () => {
  const backups = new SimDisk();
  await take(2, backups.session());
  const disk = new SimDisk();
  disk.promise({ digests: new Set(["none", "whole"]), about: "none or whole" });
  await restore(backups.session(), disk.session());
  disk.promise({ digests: new Set(["whole"]), about: "whole" });
  let disks = 0;
  const found = new Set<string>();
  for (const { image, promised, about } of powerCuts(disk.log)) {
    disks++;
    const left = new SimDisk(image);
    const state = await files(left.session(), small)
      .open(around)
      .then(
        async (store) => {
          const value = await counted(store);
          await store.close();
          return value === 0 ? "none" : value === steps[2]!.upTo ? "whole" : `${value} of ${steps[2]!.upTo}`;
        },
        (error: { code?: string }) => (error.code === "StoreDamaged" ? "none" : String(error)),
      );
    found.add(state);
    expect(promised.digests, about).toContain(state);
  }
  expect(found).toEqual(new Set(["none", "whole"]));
  expect(disks).toBeGreaterThan(50);
});

it.each(["ENOSPC", "EIO"])(
  "whichever call fails with %s, the backups that are there are whole, and the next one is made",
  async (code) => {
    let failed = 0;
    for (let at = 0; ; at++) {
      const disk = new SimDisk();
      await take(0, disk.session());
      let calls = 0;
      let met = false;
      disk.faults = (op) => {
        if (calls++ !== at) return undefined;
        met = true;
        return { code, ...(op.kind === "append" && { written: op.bytes.length >> 1 }) };
      };
      const made = await take(1, disk.session()).then(
        ({ id, problems }) => ({ id, problems }),
        (error: { code?: string }) => ({ error }),
      );
      disk.faults = () => undefined;
      if (!met) break;
      failed++;
      if ("error" in made) expect(made.error).toMatchObject({ code: "StoreFailed", details: { errno: code } });
      const due = "error" in made ? [idAt(1)] : [idAt(1), made.id];
      const ids = await wholeIds(disk.session());
      // The call that failed may have been the last one, which only makes a name durable that is there already.
      expect(ids.slice(0, due.length), `call ${at}`).toEqual(due);
      await take(2, disk.session());
      expect(await wholeIds(disk.session())).toHaveLength(2);
    }
    expect(failed).toBeGreaterThan(30);
  },
);
