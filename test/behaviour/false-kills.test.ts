import { expect, it } from "vitest";
import { soak } from "../soak/false-kills.soak.mjs";

it("honest work near its limit is not killed while its watcher is blocked and its process stopped; what hangs is", async () => {
  // The long version: npm run soak -- false-kills --minutes 10
  const { counts, failures } = await soak({ minutes: 0.1, seed: 7 });
  expect(failures).toEqual([]);
  expect(counts["hung runs, each killed"]).toBeGreaterThan(0);
});
