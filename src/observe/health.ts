import type { Busy, TreeNode } from "../system/tree.js";

/** Whether a request that is sent now would be answered, and why not. */
export interface Health {
  readonly ready: boolean;
  /** As the tree says it; "absent" for what is not in it. */
  readonly state: string;
  /** Why it is not ready, for people. */
  readonly reason?: string;
  /** Handlers that take their time, within their limits: busy, not hung. */
  readonly busy?: readonly (Busy & { readonly path: string })[];
}

/**
 * The health of an actor, a pool or a group, from its node of the live tree and nothing else: pure.
 *
 *   running ─▶ a member runs that is within its limits ─▶ not held at none ─▶ room in its mailbox ─▶ ready
 *
 * A death is in the tree in the turn in which it is known, and a limit that has passed shows at once, whether or not what hangs has
 * been ended yet. Until then it is ready, and `busy` says with what, for how long, and for how long it may be.
 * @param node undefined: there is none
 */
export function healthOf(node: TreeNode | undefined): Health {
  if (!node) return { ready: false, state: "absent", reason: "it is no longer in the tree" };
  const reason = problemOf(node);
  const busy = busyIn(node);
  return {
    ready: reason === undefined,
    state: node.state,
    ...(reason === undefined ? {} : { reason }),
    ...(busy.length > 0 ? { busy } : {}),
  };
}

/** Those of several that a program needs: all, since nobody knows which one is asked next. */
export function allReady(healths: Iterable<{ readonly ready: boolean }>): boolean {
  for (const { ready } of healths) if (!ready) return false;
  return true;
}

function problemOf(node: TreeNode): string | undefined {
  if (node.state !== "running") return node.reason ?? `it is ${node.state}`;
  if (isLate(node)) return `it is past its time limit: ${busyText(node.busy!)}`;
  const unserved = node.kind === "pool" ? unservedBy(node) : undefined;
  if (unserved !== undefined) return unserved;
  // One that is empty because nothing comes starts a member for the first mail; one that is held so does not.
  if (node.scaling?.by === "hand" && node.scaling.members === 0) return "it is held at no member: resize it";
  const mail = node.mailbox;
  if (mail && mail.waiting >= mail.capacity) return `its mailbox is full (${mail.waiting} of ${mail.capacity})`;
  return undefined;
}

/** Why no member takes mail; undefined where one does, or there is none because none is needed. */
function unservedBy({ children = [], scaling }: TreeNode): string | undefined {
  if ((scaling?.members ?? children.length) === 0) return undefined;
  const running = children.filter(({ state }) => state === "running");
  // One that was empty starts a member for the first mail, which waits for it.
  if (scaling?.min === 0 && scaling.by !== "hand" && children.every(({ state }) => state === "starting"))
    return undefined;
  if (running.length === 0) {
    const why = children.find(({ reason }) => reason !== undefined)?.reason;
    return `no member of the pool is running${why === undefined ? "" : `: ${why}`}`;
  }
  const late = running.filter(isLate);
  if (late.length < running.length) return undefined;
  return `all members that run are past their time limits: ${late.map(({ busy }) => busyText(busy!)).join(", ")}`;
}

function isLate({ busy }: TreeNode): boolean {
  return busy?.limitMs !== undefined && busy.ageMs >= busy.limitMs;
}

/** Its own, and its members'. */
function busyIn(node: TreeNode): (Busy & { path: string })[] {
  const nodes = node.kind === "pool" ? (node.children ?? []) : [node];
  return nodes.flatMap(({ path, busy }) => (busy ? [{ path, ...busy }] : []));
}

function busyText({ method, ageMs, limitMs }: Busy): string {
  return `${method} for ${ageMs} of ${limitMs} ms`;
}
