import { setTimeout as sleep } from "node:timers/promises";
import { supervisor, system, thread } from "holdfast";
import { expect, it, onTestFinished } from "vitest";
import type { Crowd } from "../actors/crowd.mjs";
import { heldMemory } from "./held-memory.js";

const warm = 100;
const kills = 200;
const rules = { restarts: 100_000, within: "1m" } as const;

it(`${kills} dead threads of a small module leave less behind than their rings alone would take`, async () => {
  const memory = heldMemory();
  const module = new URL("../actors/crowd.mjs", import.meta.url);
  const options = { export: "Crowd", spare: "loaded", intensity: rules, guiltyIntensity: rules } as const;
  const app = await system(supervisor({}, { actor: thread<Crowd>(module, undefined as never, options) }));
  onTestFinished(() => app.stop());
  const settled = async () => {
    const node = () => app.tree().children![0]!;
    while (node().state !== "running" || node().spare !== "ready") await sleep(2);
  };
  const strike = async (times: number) => {
    for (let i = 0; i < times; i++) {
      await settled();
      expect(app.kill("actor", { by: "the proof" })).toBe(true);
    }
    await settled();
    return memory.bytes();
  };
  const early = await strike(warm);
  const late = await strike(kills);
  console.log(
    `RSS, MB: after ${warm} kills ${(early / 1e6).toFixed(0)}, after ${kills} more ${(late / 1e6).toFixed(0)}`,
  );
  expect(late - early).toBeLessThan(kills * 288 * 1024);
});
