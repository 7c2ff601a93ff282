import { describe, expect, it } from "vitest";
import { type FaultPlan, runWithFaults } from "./faulty-runs.js";
import { forgetful } from "./forgetful.js";
import { smallFiles } from "./small-files.js";

/** Every 13th call here; each of them in the proof. */
const plans: FaultPlan[] = [
  { code: "ENOSPC", calls: 1 },
  { code: "EIO", calls: 1 },
  { code: "ENOSPC", calls: 4 },
  { code: "EIO", calls: 12 },
];

describe("files() on a disk that fails", () => {
  it.each(plans)(
    "keeps its word wherever $calls calls end with $code, and whatever a power cut makes of it",
    async (plan) => {
      const { runs, disks, problems } = await runWithFaults(plan, { step: 13 });
      expect(problems).toEqual([]);
      expect(runs).toBeGreaterThan(5);
      expect(disks).toBeGreaterThan(300);
    },
  );

  it("is found out when it does not take back what it said was not stored", async () => {
    const store = forgetful["never cuts a file"](smallFiles);
    const { problems } = await runWithFaults({ code: "EIO", calls: 1 }, { store });
    expect(problems.length).toBeGreaterThan(0);
  });
});
