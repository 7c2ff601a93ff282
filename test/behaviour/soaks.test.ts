import { expect, it } from "vitest";
import { soak as kills } from "../soak/kills.soak.mjs";
import { soak as poison } from "../soak/poison.soak.mjs";

/* Short versions of the long runs: `npm run soak -- kills --count 1e7`, `npm run soak -- poison --count 1e6`. */

it("none of 60,000 messages is lost, doubled or reordered while all who handle them are killed at random", async () => {
  const { counts, failures } = await kills({ count: 60_000, seed: 3 });
  expect(failures).toEqual([]);
  expect(counts["deaths of actors and hosts"]).toBeGreaterThan(20);
});

it("poison among 10,000 messages is quarantined with its evidence, and all others are answered", async () => {
  const { counts, failures } = await poison({ count: 10_000, seed: 5 });
  expect(failures).toEqual([]);
  expect(counts.poisoned).toBeGreaterThanOrEqual(14);
});
