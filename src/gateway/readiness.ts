import { allReady, type Health, healthOf } from "../observe/health.js";
import { findNode, type TreeNode } from "../system/tree.js";

/** Whether a request sent now would be answered, and for each exposed actor why not. */
export interface Readiness {
  readonly ready: boolean;
  readonly actors: Readonly<Record<string, Health>>;
}

/**
 * Pure: reads the live tree. Ready means that every exposed actor runs, has room in its mailbox, has the methods that it is
 * exposed with, and answers its canary.
 * @param problem why the configuration can never serve an actor, or why it did not answer when it was tried, if so
 */
export function readiness(
  tree: TreeNode,
  names: readonly string[],
  problem: (name: string) => string | undefined = () => undefined,
): Readiness {
  const actors = Object.fromEntries(names.map((name) => [name, known(healthOf(findNode(tree, name)), problem(name))]));
  return { ready: allReady(Object.values(actors)), actors };
}

/** What was found by other means says no more of one that is not in the tree. */
function known(health: Health, reason: string | undefined): Health {
  return reason === undefined || health.state === "absent" ? health : { ...health, ready: false, reason };
}
