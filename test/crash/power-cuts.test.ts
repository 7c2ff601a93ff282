import { describe, expect, it } from "vitest";
import { forgetful } from "./forgetful.js";
import { judge } from "./judge.js";
import { play, type Session, type StoreOn } from "./scenario.js";
import { smallFiles } from "./small-files.js";

const kill = (batches: number): Session => ({ batches, end: "kill" });
const sessions: readonly Session[] = [
  { batches: 25, inFlight: 6 },
  kill(6),
  kill(0),
  kill(9),
  kill(1),
  { batches: 8, inFlight: 1 },
];

async function judged(store: StoreOn, seed: number, enough = 3) {
  const { log } = await play({ store, seed, sessions });
  return { log, ...(await judge(log, store, { torn: 3, again: 100, enough })) };
}

describe("files(), wherever the power is cut", () => {
  it("has every batch that was acknowledged, whole and in order, and none that nobody appended", async () => {
    const { log, problems, disks } = await judged(smallFiles, 11);
    expect(problems).toEqual([]);
    expect(disks).toBeGreaterThan(1000);
    expect(log.ops.filter(({ kind }) => kind === "create").length).toBeGreaterThan(8);
    expect(log.ops.filter(({ kind }) => kind === "rename").length).toBeGreaterThan(0);
  });

  // A file that is never cut loses nothing here: the next one says where it ended (faulty-disks.test.ts has that one).
  const found = (Object.keys(forgetful) as (keyof typeof forgetful)[]).filter((what) => what !== "never cuts a file");

  it.each(found)("is found out when it %s", async (what) => {
    const store: StoreOn = forgetful[what](smallFiles);
    const { problems } = await judged(store, 11, 1).catch((error: unknown) => ({ problems: [String(error)] }));
    expect(problems).toHaveLength(1);
  });
});
