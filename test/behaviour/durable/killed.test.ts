import { spawn } from "node:child_process";
import { once } from "node:events";
import { fork, inline, keyed, thread } from "holdfast";
import { files } from "holdfast/state";
import { expect, it } from "vitest";
import { Tally } from "../../actors/tally.mjs";
import { scratch } from "../scratch.js";
import { play } from "../stage.js";

const url = new URL("../../actors/tally.mjs", import.meta.url);
const options = { export: "Tally", durable: true };
const program = new URL("serving.mjs", import.meta.url).pathname;

const names = ["inline", "thread", "fork", "keyed#a", "keyed#b"];

/** Runs the program until it has told so many answers of each, and kills it. @returns the highest total that each was told */
async function killed(folder: string, each: number): Promise<Record<string, number>> {
  const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "ignore"] });
  let told = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    told += text;
    if (names.every((name) => told.split(`\n${name} `).length > each)) child.kill("SIGKILL");
  });
  const [, signal] = (await once(child, "close")) as [number | null, string | null];
  expect(signal).toBe("SIGKILL");
  const highest: Record<string, number> = {};
  // The last line may be cut off, and was told all the same: what it says is at least what is there of it.
  for (const line of told.split("\n").slice(1, -1)) {
    const [level, total] = line.split(" ") as [string, string];
    // Each answer once, in order: nobody is told what somebody else was.
    expect(Number(total)).toBeGreaterThan(highest[level] ?? 0);
    highest[level] = Number(total);
  }
  return highest;
}

it("a program that is killed with asks under way has everything that it had answered, time after time", async () => {
  const folder = scratch("state");
  const before: Record<string, number> = {};
  for (const each of [8, 1, 40]) Object.assign(before, await killed(folder, each));
  const tree = {
    inline: inline(Tally, undefined, { durable: true }),
    thread: thread<Tally>(url, undefined, options),
    fork: fork<Tally>(url, undefined, { ...options, snapshotEvery: 7 }),
    keyed: keyed(thread<Tally>(url, undefined, options)),
  };
  const { refs } = await play(tree, {}, { store: files(folder) });
  const all = { ...refs, "keyed#a": refs.keyed.key("a"), "keyed#b": refs.keyed.key("b") };
  for (const [level, told] of Object.entries(before)) {
    const total = await all[level as "inline"].ask.total();
    expect(total, level).toBeGreaterThanOrEqual(told);
    // Four were under way: what was not answered may be there, and no more than that, at each of three kills.
    expect(total, level).toBeLessThanOrEqual(told + 12);
  }
  expect(Object.keys(before).sort()).toEqual([...names].sort());
});
