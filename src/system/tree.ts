import type { Isolation } from "../host/host.js";
import type { ChildState } from "../supervision/life.js";

/** A node of the live tree, as plain data: `app.tree()`. */
export interface TreeNode {
  /** "app/digits/2": stable for the life of the system. */
  readonly path: string;
  readonly name: string;
  readonly kind: "supervisor" | "pool" | "keyed" | "actor" | "cell";
  readonly state: ChildState;
  /** Why it is not running, for people. */
  readonly reason?: string;
  readonly isolation?: Isolation;
  /** "thread 7", "pid 4711", "inline". */
  readonly host?: string;
  readonly incarnation?: number;
  readonly restarts: number;
  /** Of a pool: messages that were answered since it began. */
  readonly answered?: number;
  /** What waits for its next death. */
  readonly spare?: "ready" | "loading";
  /** Of an actor with `standby: "hot"`: whether its replica could take over now, or is on its way. */
  readonly standby?: "ready" | "starting";
  readonly mailbox?: { readonly waiting: number; readonly executing: number; readonly capacity: number };
  /** What it has been executing for a second or longer. It is busy, not hung: that it is within its limit is watched. */
  readonly busy?: Busy;
  /** Of a pool: how many members it has, and why. */
  readonly scaling?: Scaling;
  /** Of a pool's member that runs and gets no mail for now. */
  readonly ejected?: Ejected;
  readonly children?: readonly TreeNode[];
}

/** The size of a pool, and its latest change. */
export interface Scaling {
  /** Those that serve, are on their way up, or stay down until a restart by hand; not those that leave. */
  readonly members: number;
  /** Those that serve. */
  readonly ready: number;
  readonly min: number;
  readonly max: number;
  /** Who gave it this size: its rule, somebody's `resize`, or a growth that did not help and was undone. */
  readonly by: "rule" | "hand" | "judge";
  /** In one line, with numbers. */
  readonly why: string;
  /** Milliseconds since. */
  readonly sinceMs: number;
  /** Of a pool in which mail waits: why it has not grown, as its rule said at the latest look. */
  readonly stays?: string | undefined;
}

/** Why a member gets no mail, and for how much longer. */
export interface Ejected {
  /** In one line, with numbers. */
  readonly why: string;
  /** Milliseconds. */
  readonly leftMs: number;
}

/** A handler that takes its time; the one that began first, where there are several. */
export interface Busy {
  readonly method: string;
  /** Milliseconds since it began. */
  readonly ageMs: number;
  /** Milliseconds it may take at most; absent for a method without a limit. */
  readonly limitMs?: number;
}

/** The node of a tree at a path as the tree tells it: "app/digits/2". The first one, where a key is called like a cell. */
export function nodeAt(node: TreeNode, path: string): TreeNode | undefined {
  if (node.path === path) return node;
  for (const child of node.children ?? []) {
    const found = nodeAt(child, path);
    if (found) return found;
  }
  return undefined;
}

const BY_HAND = "was drained by ";

/** As it is shown while somebody keeps new mail away from it by hand. */
export function held(node: TreeNode, by: string | undefined): TreeNode {
  if (by === undefined || node.state !== "running") return node;
  return { ...node, state: "draining", reason: `${BY_HAND}${by}` };
}

/** It runs, and somebody keeps new mail away from it by hand: nothing changes until it is resumed. */
export function drainedByHand({ state, reason }: TreeNode): boolean {
  return state === "draining" && reason !== undefined && reason.startsWith(BY_HAND);
}

/** A state by shape, for terminals. */
export const stateMarks: Record<ChildState, string> = {
  running: "●",
  starting: "◐",
  waiting: "◔",
  draining: "◑",
  stopping: "◑",
  stopped: "○",
  quarantined: "✕",
};

/** The tree as text, one line a node, for terminals. */
export function treeText(node: TreeNode): string {
  const lines: string[] = [line(node)];
  draw(node, "", lines);
  return lines.join("\n");
}

function draw(node: TreeNode, indent: string, lines: string[]): void {
  const children = node.children ?? [];
  children.forEach((child, index) => {
    const last = index === children.length - 1;
    lines.push(`${indent}${last ? "└─ " : "├─ "}${line(child)}`);
    draw(child, indent + (last ? "   " : "│  "), lines);
  });
}

function line(node: TreeNode): string {
  const parts = [`${stateMarks[node.state]} ${node.name}`, node.kind, node.state];
  if (node.host) parts.push(node.host);
  if (node.restarts > 0) parts.push(`restarts ${node.restarts}`);
  if (node.scaling) parts.push(sizeText(node.scaling));
  if (node.mailbox) parts.push(`mail ${node.mailbox.waiting}+${node.mailbox.executing}/${node.mailbox.capacity}`);
  if (node.busy) parts.push(busyText(node.busy));
  if (node.spare) parts.push(`spare ${node.spare}`);
  if (node.standby) parts.push(`standby ${node.standby}`);
  if (node.ejected) parts.push(ejectedText(node.ejected));
  if (node.reason) parts.push(`(${node.reason})`);
  return parts.join("  ");
}

/** "3 of 1–8", "2+1 of 1–8" while one does not serve (yet), "4 fixed" and "1 of 4 ready, fixed" where nobody changes it. */
export function sizeText({ members, ready, min, max, by }: Scaling): string {
  const fixed = min === max && by === "rule";
  if (ready < members && (fixed || ready === 0)) {
    return `${ready} of ${members} ready, ${fixed ? "fixed" : `${min}–${max}`}`;
  }
  const up = ready < members ? `${ready}+${members - ready}` : String(members);
  return fixed ? `${up} fixed` : `${up} of ${min}–${max}`;
}

/** "ejected, 12 s left: 3 failures in a row" */
export function ejectedText({ why, leftMs }: Ejected): string {
  return `ejected, ${Math.ceil(leftMs / 1000)} s left: ${why}`;
}

/** "busy: classify 12 s of 60 s" */
function busyText({ method, ageMs, limitMs }: Busy): string {
  const seconds = (ms: number) => `${Number((ms / 1000).toFixed(1))} s`;
  return `busy: ${method} ${seconds(ageMs)}${limitMs === undefined ? "" : ` of ${seconds(limitMs)}`}`;
}

/** The node at a path below the root, such as "models/speech". */
export function findNode(tree: TreeNode, path: string): TreeNode | undefined {
  return path
    .split("/")
    .reduce<TreeNode | undefined>((node, name) => node?.children?.find((child) => child.name === name), tree);
}
