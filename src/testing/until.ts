import { setTimeout as sleep } from "node:timers/promises";
import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";
import { type ChildState, childStates } from "../supervision/life.js";
import type { App } from "../system/app.js";
import { nodeAt, type TreeNode, treeText } from "../system/tree.js";
import { expectation, type Within } from "./expectations.js";
import { refuseNoApp } from "./refuse-no-app.js";

type Watched = Pick<App, "tree" | "subscribe">;
type Wanted = ChildState | ((node: TreeNode) => boolean);

/**
 * Resolves when what is at a path has a state, or is as a function says; with a state, also one that it only passes
 * through while this waits. Or, with a condition and its name, when the condition holds.
 * @param path below the root, with or without the root's name: "store", "models/digits"
 * @returns the node at that moment
 * @throws HoldfastError Timeout with the tree as it is instead; InvalidSpec for a state that there is not
 * @example
 * app.kill("digits");
 * await until(app, "digits", "running");
 * await until(app, "digits", ({ restarts }) => restarts === 1);
 * await until(() => app.reports().length === 1, "the report");
 */
export function until(app: Watched, path: string, wanted: Wanted, options?: Within): Promise<TreeNode>;
export function until(condition: () => boolean, what: string, options?: Within): Promise<void>;
export function until(
  of: Watched | (() => boolean),
  where: string,
  wanted?: Wanted | Within,
  options?: Within,
): Promise<TreeNode | void> {
  return typeof of === "function"
    ? untilTrue(of, where, (wanted ?? {}) as Within)
    : untilState(of, where, wanted as Wanted, options ?? {});
}

async function untilTrue(condition: () => boolean, what: string, options: Within): Promise<void> {
  const { promise, fulfil, open } = expectation<void>(options, what, () => "it does not hold");
  void promise.catch(() => {});
  try {
    while (open()) {
      if (condition()) fulfil();
      else await sleep(1);
    }
  } finally {
    // A condition that throws ends the wait, and its timer with it.
    fulfil();
  }
  return promise;
}

async function untilState(app: Watched, path: string, wanted: Wanted, options: Within): Promise<TreeNode> {
  refuseNoApp(app, "until");
  if (typeof wanted !== "function" && !childStates.includes(wanted)) {
    throw new HoldfastError("InvalidSpec", `state is ${shown(wanted)}: give one of ${childStates.join(", ")}`, {
      details: { field: "state" },
    });
  }
  const root = app.tree().name;
  const whole = path === root || path.startsWith(`${root}/`) ? path : `${root}/${path}`;
  const what = `${path} to be ${typeof wanted === "function" ? "as its function says" : wanted}`;
  const { promise, fulfil, open } = expectation<TreeNode>(options, what, () => {
    const tree = app.tree();
    return `${nodeAt(tree, whole) ? "it is" : `there is no "${path}", but`}\n${treeText(tree)}`;
  });
  void promise.catch(() => {});
  const stopListening = app.subscribe((event) => {
    if (event.type !== "life" || event.path !== whole || event.state !== wanted) return;
    const node = nodeAt(app.tree(), whole);
    if (node) fulfil({ ...node, state: event.state });
  });
  try {
    while (open()) {
      const node = nodeAt(app.tree(), whole);
      if (node && (typeof wanted === "function" ? wanted(node) : node.state === wanted)) fulfil(node);
      else await sleep(1);
    }
    return await promise;
  } catch (error) {
    // A function that throws ends the wait, and its timer with it.
    fulfil(app.tree());
    throw error;
  } finally {
    stopListening();
  }
}
