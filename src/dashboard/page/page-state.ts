import type { SystemStats } from "../../system/stats.js";
import type { TreeNode } from "../../system/tree.js";
import type { LinkStatus } from "./connection.js";
import type { Activity } from "./incidents/activity.js";
import type { KnownReport } from "./incidents/known-reports.js";
import { Live } from "./kit/live.js";
import { ServerClock } from "./kit/server-clock.js";
import type { Outcome } from "./outcome-line.js";
import { Series } from "./series/series.js";
import { nodeOf } from "./tree/tree-lines.js";

/** The views of the page; each is an address of its own (#pools). */
export type View = "live" | "pools" | "models" | "letters" | "audit";

/** Lines folded or unfolded by the reader that are remembered; beyond, the oldest is forgotten. */
export const TURNED_KEPT = 1000;

/** What the page knows and what its reader chose. Everything in it is bounded: a tab may be open for days. */
export class PageState {
  readonly clock = new ServerClock();
  readonly link = new Live<LinkStatus>({ kind: "connecting" });
  readonly tree = new Live<TreeNode | undefined>(undefined);
  /** Newest first. */
  readonly incidents = new Live<readonly KnownReport[]>([]);
  /** What else happened, newest first. */
  readonly activity = new Live<readonly Activity[]>([]);
  /** Said to screen readers when it changes. */
  readonly news = new Live("");
  /** Rates and times of the units of the tree; `looked` changes with each look. */
  readonly series = new Series();
  readonly looked = new Live(0);
  /** What the system has counted, as of the latest look. */
  readonly counted = new Live<SystemStats | undefined>(undefined);
  /** Why there is no tree, and what can be done. */
  readonly locked = new Live<{ readonly text: string } | undefined>(undefined);
  /** Of the latest act. */
  readonly outcome = new Live<Outcome | undefined>(undefined);

  readonly view = new Live<View>("live");
  /** The id of a line of the tree. */
  readonly selected = new Live<string | undefined>(undefined);
  readonly turned = new Live<ReadonlySet<string>>(new Set());
  readonly query = new Live("");
  readonly trouble = new Live(false);
  /** The number of the report that is open. */
  readonly opened = new Live<number | undefined>(undefined);

  /** The root where none was chosen; undefined once it is gone. */
  get chosenNode(): TreeNode | undefined {
    const { tree, selected } = this;
    if (!tree.value) return undefined;
    return selected.value === undefined ? tree.value : nodeOf(tree.value, selected.value);
  }

  /** Folds a line, or unfolds it. */
  turn(id: string): void {
    const turned = new Set(this.turned.value);
    if (!turned.delete(id)) turned.add(id);
    const [oldest] = turned;
    if (turned.size > TURNED_KEPT && oldest !== undefined) turned.delete(oldest);
    this.turned.set(turned);
  }
}
