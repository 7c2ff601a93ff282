import { writeFileSync } from "node:fs";
import { thread } from "holdfast";
import { describe, expect, it } from "vitest";
import type { Shorts } from "../actors/shorts.mjs";
import { scratch } from "./scratch.js";
import { play } from "./stage.js";

const spec = thread<Shorts>(new URL("../actors/shorts.mjs", import.meta.url));

describe("an answer that is there", () => {
  it("is heard while the next message runs, though that one's method has always been short", async () => {
    const { refs } = await play({ shorts: spec });
    const { shorts } = refs;
    // Whether its caller is still looking when the answer comes is a matter of microseconds: so it is tried more than once.
    for (let round = 0; round < 8; round++) {
      for (let i = 0; i < 10; i++) await Promise.all([1, 2, 3, 4].map(() => shorts.ask.quick()));
      const file = scratch("answered");
      const first = shorts.ask.quick().then(() => writeFileSync(file, ""));
      const second = shorts.ask.quick(file);
      await first;
      expect(await second, "the second ran until the first's caller had its answer").toBe(true);
    }
  });
});
