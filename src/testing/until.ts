import { setTimeout as sleep } from "node:timers/promises";
import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";
import { type ChildState, childStates } from "../supervision/life.js";
import type { App } from "../system/app.js";
import { nodeAt, type TreeNode, treeText } from "../system/tree.js";
import { expectation, type Within } from "./expectations.js";

/**
 * Resolves when what is at a path has a state, or is as a function says; with a state, also one that it only passes
 * through while this waits.
 * @param path below the root, with or without the root's name: "store", "models/digits"
 * @returns the node at that moment
 * @throws HoldfastError Timeout with the tree as it is instead; InvalidSpec for a state that there is not
 * @example
 * app.kill("digits");
 * await until(app, "digits", "running");
 * await until(app, "digits", ({ restarts }) => restarts === 1);
 */
export async function until(
  app: Pick<App, "tree" | "subscribe">,
  path: string,
  wanted: ChildState | ((node: TreeNode) => boolean),
  options: Within = {},
): Promise<TreeNode> {
  if (typeof wanted !== "function" && !childStates.includes(wanted)) {
    throw new HoldfastError("InvalidSpec", `state is ${shown(wanted)}: give one of ${childStates.join(", ")}`, {
      details: { field: "state" },
    });
  }
  const what = `${path} to be ${typeof wanted === "function" ? "as its function says" : wanted}`;
  const { promise, fulfil, open } = expectation<TreeNode>(options, what, () => `it is\n${treeText(app.tree())}`);
  void promise.catch(() => {});
  const root = app.tree().name;
  const whole = path === root || path.startsWith(`${root}/`) ? path : `${root}/${path}`;
  const stopListening = app.subscribe((event) => {
    if (event.type !== "life" || event.path !== whole || event.state !== wanted) return;
    const node = nodeAt(app.tree(), whole);
    if (node) fulfil({ ...node, state: event.state });
  });
  while (open()) {
    const node = nodeAt(app.tree(), whole);
    if (node && (typeof wanted === "function" ? wanted(node) : node.state === wanted)) fulfil(node);
    else await sleep(1);
  }
  return promise.finally(stopListening);
}
