import { describe, expect, it } from "vitest";
import { allReady, healthOf } from "../../../src/observe/health.js";
import type { TreeNode } from "../../../src/system/tree.js";

const busy = (ageMs: number, limitMs?: number) => ({ method: "read", ageMs, ...(limitMs ? { limitMs } : {}) });

function member(name: string, more: Partial<TreeNode> = {}): TreeNode {
  return { path: `app/ocr/${name}`, name, kind: "actor", state: "running", restarts: 0, ...more };
}

function poolOf(...children: TreeNode[]): TreeNode {
  return { path: "app/ocr", name: "ocr", kind: "pool", state: "running", restarts: 0, children };
}

describe("health is read from the live tree", () => {
  it("one that runs is ready, and one that is not there is absent", () => {
    expect(healthOf(poolOf(member("1")))).toEqual({ ready: true, state: "running" });
    expect(healthOf(undefined)).toMatchObject({ ready: false, state: "absent" });
  });

  it("a long run within its limit is busy, with its age and limit, and ready", () => {
    expect(healthOf(poolOf(member("1", { busy: busy(12_000, 60_000) }), member("2")))).toEqual({
      ready: true,
      state: "running",
      busy: [{ path: "app/ocr/1", method: "read", ageMs: 12_000, limitMs: 60_000 }],
    });
    expect(healthOf(member("1", { busy: busy(12_000) }))).toMatchObject({ ready: true, busy: [{ ageMs: 12_000 }] });
  });

  it("one past its limit serves nobody, whether or not it has been ended yet", () => {
    const late = member("1", { busy: busy(2000, 2000) });
    expect(healthOf(poolOf(late, member("2")))).toMatchObject({ ready: true });
    expect(healthOf(poolOf(late, member("2", { busy: busy(2100, 2000) })))).toMatchObject({
      ready: false,
      reason: "all members that run are past their time limits: read for 2000 of 2000 ms, read for 2100 of 2000 ms",
    });
    expect(healthOf(poolOf(late, member("2", { state: "waiting" })))).toMatchObject({ ready: false });
    expect(healthOf(late)).toMatchObject({ ready: false, reason: expect.stringContaining("past its time limit") });
  });

  it("a pool whose members are all down says why the first of them is", () => {
    const down = [
      member("1", { state: "waiting" }),
      member("2", { state: "quarantined", reason: "5 restarts in 60 s" }),
    ];
    expect(healthOf(poolOf(...down))).toMatchObject({
      ready: false,
      reason: "no member of the pool is running: 5 restarts in 60 s",
    });
  });

  it("a pool that was empty is ready while its first member starts: mail waits for it", () => {
    const scaling = {
      members: 1,
      ready: 0,
      min: 0,
      max: 2,
      by: "rule",
      why: "1 waiting, and no member",
      sinceMs: 1,
    } as const;
    const starting = member("1", { state: "starting" });
    expect(healthOf({ ...poolOf(starting), scaling })).toMatchObject({ ready: true });
    expect(healthOf({ ...poolOf(starting), scaling: { ...scaling, min: 1 } })).toMatchObject({ ready: false });
    expect(healthOf({ ...poolOf(member("1", { state: "waiting" })), scaling })).toMatchObject({ ready: false });
  });

  it("several are ready when each is", () => {
    expect([[], [true], [true, false]].map((some) => allReady(some.map((ready) => ({ ready }))))).toEqual([
      true,
      true,
      false,
    ]);
  });
});
