import { describe, expect, it } from "vitest";
import { topLines } from "../../../src/cli/top/top-lines.js";
import { topRows } from "../../../src/cli/top/top-rows.js";
import { treeLines } from "../../../src/cli/tree/tree-lines.js";
import { ActorLabels } from "../../../src/observe/metrics/actor-labels.js";
import { Samples } from "../../../src/observe/metrics/samples.js";
import { readTree } from "../../../src/observe/metrics/tree-samples.js";
import { servedState } from "../../../src/observe/served-state.js";
import type { UnitStats } from "../../../src/system/stats.js";
import type { TreeNode } from "../../../src/system/tree.js";
import { actor, pool } from "./incident-cast.js";

function down(path: string, ...states: TreeNode["state"][]): TreeNode {
  const made = pool(path, states.length);
  const ready = states.filter((state) => state === "running").length;
  const children = states.map((state, at) => actor(`${path}/${at + 1}`, { state }));
  return { ...made, scaling: { ...made.scaling!, min: states.length, ready }, children };
}

const digits = down("app/digits", "quarantined", "waiting");
const half = down("app/half", "waiting", "running");
const cell = actor("app/keys/cell-1", { kind: "cell", state: "quarantined" });
const keys = actor("app/keys", { kind: "keyed", children: [cell, actor("app/keys/ann")] });
const tree = actor("app", { kind: "supervisor", children: [half, digits, keys, actor("app/one")] });

function unit(path: string, kind: UnitStats["kind"], answered: number): UnitStats {
  const zero = { accepted: 0, told: 0, failed: {}, refused: {}, shed: 0, redelivered: 0, quarantined: 0 };
  return { path, kind, ...zero, answered, restarts: {}, waiting: 0, executing: 0, oldestWaitMs: 0 };
}

describe("a pool or keyed group whose members are all down", () => {
  it("is told in the state of the member that is soonest back; one that serves, or has none yet, in its own", () => {
    expect([digits, half, keys].map(servedState)).toEqual(["waiting", "running", "quarantined"]);
    expect(servedState({ ...digits, state: "stopping" })).toBe("stopping");
    expect(servedState(actor("app/none", { kind: "keyed", children: [] }))).toBe("running");
    expect(servedState(tree)).toBe("running");
  });

  it("is first in top, and has a mark of its own in the tree", () => {
    const units = [unit("app/half", "pool", 9), unit("app/digits", "pool", 0), unit("app/keys", "keyed", 0)];
    const look = { at: 0, stats: { uptimeMs: 1, deadLetters: {}, reports: 0, units } };
    const rows = topRows(look, { ...look, at: 1000 }, tree, { sort: "rate" });
    expect(topLines(rows, "rate", 80).map((line) => line.split(/ {2,}/)[0])).toEqual([
      "",
      "◔ app/digits",
      "✕ app/keys",
      "● app/half",
    ]);
    const lines = treeLines(tree, { width: 80 });
    expect(lines.find((line) => line.includes("digits"))).toMatch(/^! .*◔ digits +pool +waiting +0 of 2 ready, fixed$/);
    expect(lines.find((line) => line.includes("half"))).toMatch(/^ {2}.*● half +pool +running +1 of 2 ready, fixed$/);
    expect(lines.find((line) => line.includes("keys"))).toMatch(/^! .*✕ keys +keyed +quarantined$/);
  });

  it("counts as not running in the metrics", () => {
    const samples = new Samples();
    readTree(tree, new ActorLabels(), samples);
    const told = samples.of("holdfast_actor_running").map(({ sharedLabels, value }) => [sharedLabels.actor, value]);
    expect(Object.fromEntries(told)).toMatchObject({ "app/digits": 0, "app/half": 1, "app/keys": 0, "app/one": 1 });
  });
});
