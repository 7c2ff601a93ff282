import { expect, it } from "vitest";
import { pageWeight } from "../../bench/observe/page.mjs";

/** A phone on a slow line at three in the morning: kB, compressed. */
const LIMIT_KB = 150;

it("the operator's page is light", async () => {
  const { page_kb } = await pageWeight();
  // All of it was counted: the framework, the charts, the client.
  expect(page_kb).toBeGreaterThan(50);
  expect(page_kb).toBeLessThanOrEqual(LIMIT_KB);
});
