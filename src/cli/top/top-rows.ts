import { type Rates, ratesBetween } from "../../observe/rates.js";
import { servedState } from "../../observe/served-state.js";
import type { ChildState } from "../../supervision/life.js";
import { latencyBoundsMs, type SystemStats, type UnitStats } from "../../system/stats.js";
import type { TreeNode } from "../../system/tree.js";

/** What has been counted, and when, monotonic or wall ms: differences count. */
export interface Look {
  readonly at: number;
  readonly stats: SystemStats;
}

/** One line of `holdfast top`; of a pool or keyed group everything that its members hold is in it. */
export interface TopRow {
  readonly path: string;
  readonly kind: TreeNode["kind"];
  /** Undefined where the tree does not have it (yet, or any more). */
  readonly state: ChildState | undefined;
  /** Settled a second; undefined before a second look. */
  readonly rate: number | undefined;
  readonly failed: number | undefined;
  /** Ms, of the asks between the looks; undefined where there were none. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
  readonly waiting: number;
  /** Ms. */
  readonly oldest: number;
  readonly executing: number;
  readonly restarts: number;
  /** Of a pool or keyed group. */
  readonly members: { readonly ready: number; readonly all: number } | undefined;
  /** Bytes; undefined where nothing has a host of its own. */
  readonly heap: number | undefined;
}

export const sortKeys = [
  "path",
  "rate",
  "failed",
  "p50",
  "p99",
  "waiting",
  "oldest",
  "executing",
  "restarts",
  "heap",
] as const;

export type SortKey = (typeof sortKeys)[number];

export interface TopChoice {
  readonly sort: SortKey;
  /** Rows whose path holds this text, in whatever case. */
  readonly filter?: string | undefined;
  /** Members of pools and cells of groups in lines of their own, and supervisors. */
  readonly all?: boolean | undefined;
}

/**
 * What is busy between two looks: pure. First what does not run; then the greatest, and of equals by path.
 * @param before undefined at the first look: nothing is known of rates then
 */
export function topRows(before: Look | undefined, now: Look, tree: TreeNode | undefined, choice: TopChoice): TopRow[] {
  const { sort, filter, all = false } = choice;
  const nodes = new Map<string, TreeNode>();
  if (tree) index(tree, nodes);
  const earlier = new Map(before?.stats.units.map((unit) => [idOf(unit), unit]));
  const parts = new Map<string, UnitStats[]>();
  for (const unit of now.stats.units) {
    if (unit.partOf === undefined) continue;
    const known = parts.get(unit.partOf);
    if (known) known.push(unit);
    else parts.set(unit.partOf, [unit]);
  }
  const wanted = filter?.toLowerCase();
  const rows = now.stats.units.flatMap((unit) => {
    if (!all && (unit.partOf !== undefined || unit.kind === "supervisor")) return [];
    if (wanted !== undefined && !unit.path.toLowerCase().includes(wanted)) return [];
    const rates = ratesBetween(earlier.get(idOf(unit)), unit, now.at - (before?.at ?? now.at), latencyBoundsMs);
    return [rowOf(unit, parts.get(unit.path) ?? [], rates, nodes.get(unit.path))];
  });
  return rows.sort((a, b) => down(b) - down(a) || compare(a, b, sort) || (a.path < b.path ? -1 : 1));
}

function rowOf(
  unit: UnitStats,
  parts: readonly UnitStats[],
  rates: Rates | undefined,
  node: TreeNode | undefined,
): TopRow {
  const { path, kind, waiting, executing, oldestWaitMs } = unit;
  const own = [unit, ...parts];
  const heaps = own.flatMap(({ heapBytes }) => heapBytes ?? []);
  const scaling = node?.scaling;
  const grouped = kind === "pool" || kind === "keyed";
  return {
    path,
    kind,
    state: node && servedState(node),
    rate: rates?.perSecond,
    failed: rates?.failedPerSecond,
    p50: rates?.p50Ms,
    p99: rates?.p99Ms,
    waiting,
    oldest: oldestWaitMs,
    executing,
    restarts: Object.values(unit.restarts).reduce((sum, count) => sum + count, 0),
    members: grouped ? { ready: scaling?.ready ?? parts.length, all: scaling?.members ?? parts.length } : undefined,
    heap: heaps.length > 0 ? heaps.reduce((sum, bytes) => sum + bytes, 0) : undefined,
  };
}

function index(node: TreeNode, nodes: Map<string, TreeNode>): void {
  if (!nodes.has(node.path)) nodes.set(node.path, node);
  for (const child of node.children ?? []) index(child, nodes);
}

/** A key may be called like a cell. */
function idOf({ kind, path }: UnitStats): string {
  return `${kind} ${path}`;
}

function down({ state }: TopRow): number {
  return state !== undefined && state !== "running" ? 1 : 0;
}

function compare(a: TopRow, b: TopRow, sort: SortKey): number {
  return sort === "path" ? 0 : (b[sort] ?? -1) - (a[sort] ?? -1);
}
