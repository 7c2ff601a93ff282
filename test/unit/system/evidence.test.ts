import { describe, expect, it } from "vitest";
import { evidenceOf, evidenceSoon, shapeOf } from "../../../src/system/death/evidence.js";
import { causeText, type DeathCause } from "../../../src/system/death/report.js";
import { decisionOf } from "../../../src/system/supervisor/decision-of.js";
import { type TreeNode, treeText } from "../../../src/system/tree.js";
import { within } from "../../../src/system/within.js";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";
import { Mail } from "../mailbox/mail.js";

describe("the shape of a value", () => {
  class Named {}
  it.each([
    [1, "number"],
    [null, "null"],
    [undefined, "undefined"],
    [[new Float32Array(512), { name: "secret", age: 1 }], "[Float32Array(512), {name, age}]"],
    [new DataView(new ArrayBuffer(3)), "DataView(3)"],
    [new ArrayBuffer(5), "ArrayBuffer(5)"],
    [new Map([[1, 2]]), "Map(1)"],
    [new Set(), "Set(0)"],
    [[1, 2, 3, 4, 5], "[number, number, number, number, …]"],
    [[[[1, 2]]], "[[Array(2)]]"],
    [{ a: 1, b: 2, c: 3, d: 4, e: 5 }, "{a, b, c, d, …}"],
    [new Named(), "Named"],
    [Object.create(null), "{}"],
  ])("%o is %s", (value, shape) => {
    expect(shapeOf(value)).toBe(shape);
  });
});

describe("evidence", () => {
  const message = (args: unknown[]) => new Mail("m", { args, bytes: 9 });
  const of = (args: unknown[], reveal = false) => evidenceOf(message(args), 12, reveal);

  it.each([true, false])("is the same when its digest may wait, revealed: %s", (reveal) => {
    const args = () => [new Uint8Array([1, 2]), { name: "n" }];
    expect(JSON.stringify(evidenceSoon(message(args()), 12, reveal))).toBe(JSON.stringify(of(args(), reveal)));
  });

  it("takes a digest that may wait before the arguments are anybody else's", async () => {
    const bytes = new Uint8Array([1, 2]);
    const evidence = evidenceSoon(message([bytes]), 12, false);
    await new Promise((resolve) => setImmediate(resolve));
    bytes[0] = 9;
    expect(evidence.digest).toBe(of([new Uint8Array([1, 2])]).digest);
  });

  it("recognises equal payloads, and tells different ones apart, wherever the difference is", () => {
    const digest = (...args: unknown[]) => of(args).digest;
    expect(digest(new Uint8Array([1, 2]))).toBe(digest(new Uint8Array([1, 2])));
    expect(digest(new Uint8Array([1, 2]))).not.toBe(digest(new Uint8Array([1, 3])));
    expect(digest({ deep: [new Float32Array([1])] })).not.toBe(digest({ deep: [new Float32Array([2])] }));
    expect(digest({ n: 1n })).not.toBe(digest({ n: 2n }));
    expect(digest(undefined)).toMatch(/^[0-9a-f]{16}$/);
    expect(digest(new Map([[1, "a"]]))).not.toBe(digest(new Map([[1, "b"]])));
    expect(digest(new Set(["a"]))).not.toBe(digest(new Set(["b"])));
    expect(digest(new Uint8Array([1]).buffer)).not.toBe(digest(new Uint8Array([2]).buffer));
  });

  it("holds the arguments only where the method reveals them", () => {
    expect(of(["secret"])).not.toHaveProperty("args");
    expect(of(["secret"], true).args).toEqual(["secret"]);
  });
});

describe("a cause in one line", () => {
  const error = new TypeError("bad");
  it.each([
    [{ kind: "threw", error }, "handler threw TypeError: bad"],
    [{ kind: "uncaught", error }, "uncaught TypeError: bad"],
    [{ kind: "exit", code: 3, signal: null }, "exited with code 3"],
    [{ kind: "exit", code: null, signal: "SIGSEGV" }, "ended by SIGSEGV"],
    [{ kind: "heap", error }, "heap limit reached: bad"],
    [{ kind: "hung", method: "m", limitMs: 100, ageMs: 123.4 }, "m ran for 123 ms, limit 100 ms"],
    [
      { kind: "hung", method: "m", limitMs: 100, ageMs: 101, missedMs: 20.3, where: "await" },
      "m ran for 101 ms, limit 100 ms (not counting 20 ms in which nobody watched), awaiting what never came: give what it awaits a time-out of its own",
    ],
    [
      { kind: "hung", method: "m", limitMs: 100, ageMs: 101, seq: 0 },
      "its event loop was blocked outside any handler: m was not begun within 101 ms, limit 100 ms",
    ],
    [{ kind: "killed", by: "you" }, "killed by you"],
    [{ kind: "start-failed", error }, "start failed: bad"],
  ] as [DeathCause, string][])("%j", (cause, text) => {
    expect(causeText(cause)).toBe(text);
  });
});

describe("a decision in a report's words", () => {
  const gaveUp = { kind: "ending", reason: "gave-up", error: undefined } as const;
  it.each([
    ["waiting", { kind: "up" }, false, "restart"],
    ["starting", { kind: "up" }, false, "restart"],
    ["quarantined", { kind: "up" }, false, "quarantine"],
    [undefined, { kind: "up" }, false, "stop"],
    ["down for good", { kind: "up" }, false, "stop"],
    ["stopped", gaveUp, false, "escalate"],
    ["stopped", { kind: "ended" }, false, "escalate"],
    ["stopped", { kind: "ended" }, true, "stop"],
  ] as const)("%s in %j (stop asked: %s) is %s", (life, phase, asked, decision) => {
    const child =
      life === "down for good"
        ? ({ life: "stopped", goal: "down" } as const)
        : life && ({ life, goal: life === "quarantined" ? "down" : "up" } as const);
    expect(decisionOf(child, phase, asked)).toBe(decision);
  });
});

describe("the tree as text", () => {
  it("draws a line a node", () => {
    const leaf = { kind: "actor", restarts: 0 } as const;
    const tree: TreeNode = {
      path: "app",
      name: "app",
      kind: "supervisor",
      state: "running",
      restarts: 0,
      children: [
        {
          path: "app/pool",
          name: "pool",
          kind: "pool",
          state: "running",
          restarts: 2,
          mailbox: { waiting: 1, executing: 2, capacity: 3 },
          children: [
            { ...leaf, path: "app/pool/1", name: "1", state: "running", host: "thread 4" },
            { ...leaf, path: "app/pool/2", name: "2", state: "quarantined", reason: "why" },
          ],
        },
        { ...leaf, path: "app/b", name: "b", state: "stopped" },
      ],
    };
    expect(
      treeText(tree)
        .split("\n")
        .map((line) => line.trimEnd()),
    ).toEqual([
      "● app  supervisor  running",
      "├─ ● pool  pool  running  restarts 2  mail 1+2/3",
      "│  ├─ ● 1  actor  running  thread 4",
      "│  └─ ✕ 2  actor  quarantined  (why)",
      "└─ ○ b  actor  stopped",
    ]);
  });
});

describe("a promise with a limit", () => {
  const late = () => new Error("late");

  it("rejects with what late() returns when the time is over, and resolves where it returns nothing", async () => {
    const clock = new VirtualClock();
    const never = new Promise<void>(() => {});
    const rejected = expect(within(clock, 10, never, late)).rejects.toThrow("late");
    const resolved = within(clock, 10, never, () => undefined);
    await clock.advance(10);
    await rejected;
    await resolved;
  });

  it("is itself when it is quicker, and leaves no timer", async () => {
    const clock = new VirtualClock();
    await within(clock, 10, Promise.resolve(), late);
    await expect(within(clock, 10, Promise.reject(new Error("own")), late)).rejects.toThrow("own");
    expect(clock.pending).toBe(0);
    await within(clock, Number.POSITIVE_INFINITY, Promise.resolve(), late);
  });
});
