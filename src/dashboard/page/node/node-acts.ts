import type { ClientAdmin } from "../../../client/browser.js";
import type { TreeNode } from "../../../system/tree.js";
import { whereOf } from "../tree/tree-row.js";

/** What an operator may do with a node. */
export interface NodeAct {
  readonly name: string;
  readonly dangerous: boolean;
  /** What it does, and what it costs, before it is done. */
  text(node: TreeNode): string;
  fits(node: TreeNode): boolean;
  /** @returns what came of it, in one sentence */
  run(admin: ClientAdmin, path: string): Promise<string>;
}

/** In the order of the buttons: what harms least comes first. */
export const nodeActs: readonly NodeAct[] = [
  {
    name: "Resume",
    dangerous: false,
    fits: ({ state }) => state === "draining",
    text: () => "New mail comes to it again.",
    run: async (admin, path) =>
      (await admin.resume(path)) ? `Mail comes to ${path} again.` : `${path} was not drained.`,
  },
  {
    name: "Drain",
    dangerous: false,
    fits: (node) => !isRoot(node) && node.state === "running" && (hasHost(node) || isGroup(node)),
    text: () => "It takes no new mail and finishes what it has. It stays drained until somebody resumes it.",
    run: async (admin, path) =>
      (await admin.drain(path)) ? `${path} is drained.` : `${path} takes no new mail; it has not finished yet.`,
  },
  {
    name: "Restart",
    dangerous: false,
    fits: (node) => !isRoot(node) && (node.isolation !== undefined || node.kind === "supervisor"),
    text: () => "It finishes what executes, and starts again; what waits stays. What was parked comes back.",
    run: async (admin, path) => {
      await admin.restart(path);
      return `${path} has started again.`;
    },
  },
  {
    name: "Hang",
    dangerous: true,
    fits: (node) =>
      hasHost(node) && node.state === "running" && (node.isolation === "thread" || node.isolation === "fork"),
    text: (node) =>
      `This blocks the event loop of ${whereOf(node)}, as a handler that never returns would, until a limit ends it: 5 minutes at most.`,
    run: async (admin, path) =>
      (await admin.hang(path)) ? `${path} hangs: see how it is found.` : `Nothing was running at ${path}.`,
  },
  {
    name: "Kill",
    dangerous: true,
    fits: hasHost,
    text: (node) => {
      const lost = node.kind === "cell" ? "every actor in it, with what they are executing" : "what it is executing";
      return `This ends ${whereOf(node)} as a fault would, and ${lost}. What happens then is its supervisor's decision.`;
    },
    run: async (admin, path) =>
      (await admin.kill(path)) ? `Killed ${path}: see how it comes back.` : `Nothing was running at ${path}.`,
  },
];

/** A host of its own runs here, so there is something to kill; a key shares that of its cell, one line above. */
function hasHost({ isolation, host, state }: TreeNode): boolean {
  return isolation !== undefined && host !== undefined && state !== "stopped";
}

function isGroup({ kind }: TreeNode): boolean {
  return kind === "pool" || kind === "keyed" || kind === "supervisor";
}

function isRoot({ path }: TreeNode): boolean {
  return !path.includes("/");
}
