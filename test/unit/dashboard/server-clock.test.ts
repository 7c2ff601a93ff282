import { expect, test } from "vitest";
import { ServerClock } from "../../../src/dashboard/page/kit/server-clock.js";

test("what is now is the server's time, and goes on between two tellings of it", () => {
  let browser = 1_000_000;
  const clock = new ServerClock(() => browser);
  expect(clock.now()).toBe(1_000_000);
  clock.set(400_000);
  browser += 250;
  expect(clock.now()).toBe(400_250);
  // The browser's clock is set right meanwhile: the next look heals it.
  browser += 7_200_000;
  clock.set(400_900);
  expect(clock.now()).toBe(400_900);
});
