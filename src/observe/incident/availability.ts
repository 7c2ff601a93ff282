import type { TreeNode } from "../../system/tree.js";
import type { IncidentInput } from "./incident-input.js";
import { isFault, type Outage } from "./outages.js";
import { joined, type Span, together, total } from "./spans.js";

/** How much of the window one service served: an actor, or a pool or keyed group as a whole. */
export interface ServiceAvailability {
  readonly path: string;
  /** As in the tree; "gone" for what is not in it any more. */
  readonly kind: TreeNode["kind"] | "gone";
  readonly deaths: number;
  /** Nobody served. */
  readonly downMs: number;
  readonly longestMs: number;
  /** Somebody was missing, and others served. */
  readonly degradedMs: number;
  /** Between 0 and 1: the part of the window in which somebody served. */
  readonly availability: number;
  /** Nobody serves at the end of the window. */
  readonly down: boolean;
  /** When nobody served, and when somebody was missing at all; the first of them, where there are very many. */
  readonly downSpans: readonly Span[];
  readonly missingSpans: readonly Span[];
}

/** More than a picture can show. */
const MOST_SPANS = 500;

/** Where an actor's mail is answered by others too while it is down. */
interface Service {
  readonly path: string;
  readonly kind: ServiceAvailability["kind"];
  /** So many of it have to be down before it is. */
  readonly size: number;
}

/**
 * Of each service in which somebody died. A pool is down while all of its members are, as many as it has at the end of the
 * window; a keyed group likewise with its cells.
 * @returns the least available first
 */
export function availabilityOf(input: IncidentInput, outages: readonly Outage[]): ServiceAvailability[] {
  const { tree, reports, from, to } = input;
  const deaths = new Map<string, { service: Service; count: number; outages: Map<string, Outage[]> }>();
  for (const report of reports.filter(isFault)) {
    const service = serviceOf(tree, report.path);
    const entry = deaths.get(service.path) ?? { service, count: 0, outages: new Map() };
    entry.count++;
    deaths.set(service.path, entry);
  }
  for (const outage of outages) {
    const of = deaths.get(serviceOf(tree, outage.path).path)?.outages;
    of?.set(outage.path, [...(of.get(outage.path) ?? []), outage]);
  }
  const services = [...deaths.values()].map(({ service: { path, kind, size }, count, outages: byPath }) => {
    const lists = [...byPath.values()].map(joined);
    const down = together(lists, size);
    const downMs = total(down);
    const missing = joined(lists.flat());
    const degradedMs = total(missing) - downMs;
    const longestMs = Math.max(0, ...down.map((span: Span) => span.to - span.from));
    const availability = to > from ? Math.max(0, 1 - downMs / (to - from)) : 1;
    const openPaths = [...byPath.values()].filter((own) => own.some(({ open }) => open));
    return {
      path,
      kind,
      deaths: count,
      downMs,
      longestMs,
      degradedMs,
      availability,
      down: openPaths.length >= size,
      downSpans: down.slice(0, MOST_SPANS),
      missingSpans: missing.slice(0, MOST_SPANS),
    };
  });
  return services.sort((a, b) => a.availability - b.availability || b.deaths - a.deaths);
}

/** The pool or group that a path is part of, or what is at the path itself. */
export function serviceOf(tree: TreeNode, path: string): Service {
  let node: TreeNode | undefined = tree;
  while (node && node.path !== path) {
    if (node.kind === "pool") {
      return { path: node.path, kind: "pool", size: Math.max(1, node.scaling?.members ?? node.children?.length ?? 0) };
    }
    if (node.kind === "keyed") {
      const cells = (node.children ?? []).filter(({ kind }) => kind === "cell").length;
      return { path: node.path, kind: "keyed", size: Math.max(1, cells) };
    }
    node = node.children?.find((child) => path === child.path || path.startsWith(`${child.path}/`));
  }
  return { path, kind: node?.kind ?? "gone", size: 1 };
}
