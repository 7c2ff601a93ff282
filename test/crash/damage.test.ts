import { describe, expect, it } from "vitest";
import { isHoldfastError } from "../../src/errors.js";
import type { Disk } from "../../src/state/disk/disk.js";
import { files } from "../../src/state/files/files.js";
import { VirtualClock } from "../../src/testing/virtual-clock.js";
import { judgeDamages } from "./damage.js";
import { heldBy } from "./held.js";
import { play, type Session } from "./scenario.js";
import { small, smallFiles } from "./small-files.js";

const sealed = (disk: Disk) => files(disk, { ...small, encryption: { current: "one", key: () => "1f".repeat(32) } });

/** A checkpoint, journals, and one that grows. */
const sessions: readonly Session[] = [
  { batches: 24, inFlight: 6 },
  { batches: 5, inFlight: 2 },
];
const killed: readonly Session[] = [...sessions, { batches: 8, inFlight: 2, end: "kill" }];

describe("files() of which a byte was changed, or that were cut, taken away or mixed up", () => {
  it.each([
    { name: "closed", store: smallFiles, sessions, closed: true },
    { name: "left by a process that was killed", store: smallFiles, sessions: killed, closed: false },
    { name: "sealed and closed", store: sealed, sessions, masks: [0x10], closed: true },
  ])(
    "$name: the damage is detected or harmless, never believed",
    async ({ store, sessions: played, closed, masks }) => {
      const disk = await play({ store, seed: 4, sessions: played });
      const image = disk.image();
      const names = [...image.files.keys()];
      expect(names.some((name) => name.endsWith(".ckpt"))).toBe(true);
      const growing = names
        .filter((name) => name.endsWith(".log"))
        .sort()
        .at(-1)!;
      const verdict = await judgeDamages(disk.log, image, {
        store,
        ...(masks && { masks }),
        ...(!closed && { growing }),
      });
      expect(verdict.problems).toEqual([]);
      expect(verdict.detected).toBeGreaterThan(1000);
      expect(verdict.told > 0).toBe(!closed);
      // Where each of the last process's batches began, at most, and where the whole file was.
      expect(verdict.shorter).toBeLessThanOrEqual(closed ? 0 : 9);
    },
  );

  it("gives what was stored or says that it is damaged, where a byte changes while it is open", async () => {
    const disk = await play({ store: smallFiles, seed: 4, sessions });
    const open = await smallFiles(disk.session()).open({ clock: new VirtualClock(), tell: () => {} });
    const held = await heldBy(open);
    let detected = 0;
    for (const [path, bytes] of disk.image().files) {
      for (let at = 0; at < bytes.length; at += 3) {
        disk.flip(path, at);
        const found = await heldBy(open).catch((error: unknown) => error);
        if (isHoldfastError(found, "StoreDamaged")) detected++;
        else expect(found).toBe(held);
        disk.flip(path, at);
      }
    }
    expect(detected).toBeGreaterThan(300);
    expect(await heldBy(open)).toBe(held);
    await open.close();
  });
});
