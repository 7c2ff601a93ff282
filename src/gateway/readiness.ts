import { findNode, type TreeNode } from "../system/tree.js";

/** Whether a request sent now would be answered, and for each exposed actor why not. */
export interface Readiness {
  readonly ready: boolean;
  readonly actors: Readonly<
    Record<string, { readonly ready: boolean; readonly state: string; readonly reason?: string }>
  >;
}

/**
 * Pure: reads the live tree. Ready means that every exposed actor runs, has room in its mailbox and has the methods that
 * it is exposed with.
 * @param problem why the configuration can never serve an actor, if so
 */
export function readiness(
  tree: TreeNode,
  names: readonly string[],
  problem: (name: string) => string | undefined = () => undefined,
): Readiness {
  const actors = Object.fromEntries(names.map((name) => [name, stateOf(findNode(tree, name), problem(name))]));
  return { ready: Object.values(actors).every((actor) => actor.ready), actors };
}

function stateOf(
  node: TreeNode | undefined,
  wrong: string | undefined,
): { ready: boolean; state: string; reason?: string } {
  if (!node) return { ready: false, state: "absent", reason: "it is no longer in the tree" };
  const reason = wrong === undefined ? problemOf(node) : `its configuration ${wrong}`;
  if (reason === undefined) return { ready: true, state: node.state };
  return { ready: false, state: node.state, reason };
}

function problemOf(node: TreeNode): string | undefined {
  if (node.state !== "running") return node.reason ?? `it is ${node.state}`;
  if (node.kind === "pool" && !served(node)) return "no member of the pool is running";
  // One that is empty because nothing comes starts a member for the first mail; one that is held so does not.
  if (node.scaling?.by === "hand" && node.scaling.members === 0) return "it is held at no member: resize it";
  const mail = node.mailbox;
  if (mail && mail.waiting >= mail.capacity) return `its mailbox is full (${mail.waiting} of ${mail.capacity})`;
  return undefined;
}

/** Some member takes mail, or there is none because none is needed. */
function served({ children = [], scaling }: TreeNode): boolean {
  const members = scaling?.members ?? children.length;
  return members === 0 || children.some(({ state }) => state === "running");
}
