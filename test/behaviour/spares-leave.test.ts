import { readFileSync } from "node:fs";
import { fork, keyed, pool } from "holdfast";
import { describe, it } from "vitest";
import type { Hand } from "../actors/cast.mjs";
import { play } from "./stage.js";
import { until } from "./until.js";

const url = new URL("../actors/cast.mjs", import.meta.url);
const member = fork<Hand>(url, {} as never, { export: "Hand", spare: "loaded" });

function processes(): number {
  const tasks = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8");
  return tasks.split(" ").filter(Boolean).length;
}

describe.skipIf(process.platform !== "linux")("what stands by for a child that is removed", () => {
  it.each([
    ["an actor", () => member, 1],
    ["a pool", () => pool(member, { size: 1, spares: 2 }), 2],
    ["a keyed group", () => keyed(member), 1],
  ] as const)("leaves with %s", async (_, spec, spares) => {
    const { app } = await play({});
    const before = processes();
    await app.add("", "one", spec());
    await until(() => processes() === before + 1 + spares, "it runs, and its spares stand by");
    await app.remove("one");
    await until(() => processes() === before, "nothing of it is left");
  });
});
