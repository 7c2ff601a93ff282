import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ChildOptions, childRules, supervisorRules } from "../../../src/supervision/spec.js";
import { budget, child } from "./scenarios.js";
import { type Branch, type Leaf, SimulatedTree } from "./simulated-tree.js";

interface Shape {
  strategy: "one-for-one" | "all-for-one" | "rest-for-one";
  intensity: { restarts: number; within: number };
  autoShutdown: "never" | "any-significant" | "all-significant";
  children: { options: ChildOptions; below: Shape | null }[];
}

const { shape } = fc.letrec<{ shape: Shape; inner: Shape | null }>((tie) => ({
  shape: fc.record({
    strategy: fc.constantFrom("one-for-one" as const, "all-for-one" as const, "rest-for-one" as const),
    intensity: budget as fc.Arbitrary<Shape["intensity"]>,
    autoShutdown: fc.constantFrom("never" as const, "any-significant" as const, "all-significant" as const),
    children: fc.oneof(
      {
        weight: 9,
        arbitrary: fc.array(fc.record({ options: child, below: tie("inner") }), { minLength: 1, maxLength: 3 }),
      },
      { weight: 1, arbitrary: fc.constant<Shape["children"]>([]) },
    ),
  }),
  inner: fc.option(tie("shape"), { maxDepth: 2, depthSize: "max" }),
}));

const branch = shape.map((made) => branchOf(made, "app"));
const mode = fc.constantFrom("rollback" as const, "background" as const);

function branchOf({ strategy, intensity, autoShutdown, children }: Shape, path: string): Branch {
  return {
    rules: supervisorRules({ strategy, intensity, autoShutdown }, path),
    children: children.map(({ options, below }, n) => {
      const significant = Boolean(options.significant) && autoShutdown !== "never" && options.restart !== "permanent";
      const id = `c${n}`;
      const rules = childRules({ ...options, significant }, `${path}.${id}`);
      return below ? { id, rules, below: branchOf(below, `${path}.${id}`) } : { id, rules };
    }),
  };
}

/** Paths of the leaves, depth first: the order in which a tree starts. */
function startOrder({ children }: Branch, path = ""): string[] {
  return children.flatMap(({ id, below }) => (below ? startOrder(below, `${path}${id}/`) : [`${path}${id}`]));
}

const deeds = ["ready", "ready", "fails", "ignored", "dies", "dies", "guilty", "clean", "stopped", "timer", "time"];
const steps = fc.array(fc.record({ does: fc.constantFrom(...deeds), pick: fc.nat(1_000) }), {
  maxLength: 80,
  size: "max",
});
type Steps = typeof steps extends fc.Arbitrary<infer T> ? T : never;

function take(tree: SimulatedTree, { does, pick }: Steps[number]): void {
  const one = (host: Leaf["host"], act: (leaf: Leaf) => void) => {
    const there = tree.leaves().filter((leaf) => leaf.host === host);
    const leaf = there[pick % there.length];
    if (leaf) tree.act(() => act(leaf));
  };
  const timers = tree.timers();
  const timer = timers[pick % timers.length];
  if (does === "time") tree.later([1, 50, 1_000, pick % 200][pick % 4]!);
  else if (does === "timer") timer && tree.act(() => timer.engine.fire(timer.id));
  else if (does === "ready") one("booting", ({ engine, id }) => engine.ready(id));
  else if (does === "fails") one("booting", ({ engine, id }) => engine.down(id, "start-failed"));
  else if (does === "ignored") one("booting", ({ engine, id }) => engine.down(id, "ignored"));
  else if (does === "stopped") one("stopping", ({ engine, id }) => engine.down(id, "stopped"));
  else one("up", ({ engine, id }) => engine.down(id, "died", does === "guilty", does === "clean"));
}

describe("for any tree of supervisors", () => {
  it("a stop at any moment ends with nobody left, and nobody is an orphan on the way", () => {
    fc.assert(
      fc.property(branch, mode, steps, steps, (root, how, before, after) => {
        const tree = new SimulatedTree(root, how);
        tree.start();
        for (const step of before) take(tree, step);
        tree.stop();
        for (const step of after) take(tree, step);
        tree.settle();
        expect(tree.rootEnded).toBeDefined();
        expect(tree.leaves()).toEqual([]);
        expect(tree.timers()).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it("whatever happened, when every start succeeds from now on the tree is up or has given up", () => {
    fc.assert(
      fc.property(branch, mode, steps, (root, how, taken) => {
        const tree = new SimulatedTree(root, how);
        tree.start();
        for (const step of taken) take(tree, step);
        tree.settle();
        if (tree.rootEnded) expect(tree.leaves()).toEqual([]);
        else expect(tree.rootUp).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it("starts depth first, each when the one before is up, and stops in exactly the reverse order", () => {
    fc.assert(
      fc.property(branch, (root) => {
        const tree = new SimulatedTree(root, "rollback");
        const order = startOrder(root);
        tree.start();
        for (const path of order) {
          expect(tree.leaves().flatMap((leaf) => (leaf.host === "booting" ? [leaf.path] : []))).toEqual([path]);
          take(tree, { does: "ready", pick: 0 });
        }
        expect(tree.rootUp).toBe(true);
        tree.stop();
        for (const path of order.toReversed()) {
          expect(tree.leaves().flatMap((leaf) => (leaf.host === "stopping" ? [leaf.path] : []))).toEqual([path]);
          take(tree, { does: "stopped", pick: 0 });
        }
        expect(tree.rootEnded).toMatchObject({ reason: "stopped" });
        expect(tree.told).toEqual([
          ...order.map((path) => `+${path}`),
          ...order.toReversed().map((path) => `-${path}`),
        ]);
      }),
      { numRuns: 500 },
    );
  });

  it("a first start that fails anywhere takes back exactly what was started, in reverse", () => {
    fc.assert(
      fc.property(branch, fc.nat(20), (root, n) => {
        const order = startOrder(root);
        const failing = n % Math.max(1, order.length);
        // A temporary supervisor is a child like any other: that its start failed ends the start above it too.
        const tree = new SimulatedTree(root, "rollback");
        tree.start();
        if (order.length === 0) return;
        for (let i = 0; i < failing; i++) take(tree, { does: "ready", pick: 0 });
        take(tree, { does: "fails", pick: 0 });
        tree.settle();
        expect(tree.rootEnded).toMatchObject({ reason: "start-failed" });
        expect(tree.told).toEqual([
          ...order.slice(0, failing + 1).map((path) => `+${path}`),
          ...order
            .slice(0, failing)
            .toReversed()
            .map((path) => `-${path}`),
        ]);
      }),
      { numRuns: 500 },
    );
  });
});
