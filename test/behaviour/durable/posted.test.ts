import { spawn } from "node:child_process";
import { once } from "node:events";
import { thread } from "holdfast";
import { files } from "holdfast/state";
import { expect, it } from "vitest";
import type { Postbox } from "../../actors/postbox.mjs";
import { scratch } from "../scratch.js";
import { play } from "../stage.js";

const program = new URL("posting.mjs", import.meta.url).pathname;
const url = new URL("../../actors/postbox.mjs", import.meta.url);

/** Runs the program until it has told so many letters, and kills it. @returns what it had at its start */
async function killed(folder: string, after: number): Promise<number> {
  const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "ignore"] });
  let told = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    told += text;
    if (told.split("\ntold ").length > after) child.kill("SIGKILL");
  });
  const [, signal] = (await once(child, "close")) as [number | null, string | null];
  expect(signal).toBe("SIGKILL");
  const had = /^had (\d+)\n/.exec(told);
  expect(had, told.slice(0, 100)).not.toBeNull();
  return Number(had![1]);
}

it("a program that is killed while it tells has each letter once and in order, time after time", async () => {
  const folder = scratch("posted");
  let had = 0;
  for (const after of [30, 1, 100, 17]) {
    const now = await killed(folder, after);
    expect(now).toBeGreaterThanOrEqual(had);
    had = now;
  }
  const box = thread<Postbox>(url, undefined, { export: "Postbox", durable: { mail: true } });
  const { refs } = await play({ box }, {}, { store: files(folder) });
  const letters = await refs.box.ask.letters();
  expect(letters.length).toBeGreaterThan(had);
  expect(letters).toEqual(letters.map((_, at) => at));
});
