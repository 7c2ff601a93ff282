import type { HoldfastError } from "../errors.js";
import { tellListener } from "../guarded.js";
import type { EventFrame, ServerFrame, StatsFrame, TreeDiffFrame, TreeFrame, WatchFrame } from "../protocol/frames.js";
import type { DeathReport } from "../system/death/report.js";
import type { SystemEvent } from "../system/events.js";
import type { SystemStats } from "../system/stats.js";
import type { TreeNode } from "../system/tree.js";
import { StatsMirror } from "./stats-mirror.js";
import { TreeMirror } from "./tree-mirror.js";

/** What a watcher hears. Errors in events and reports are plain `{ name, message }`. */
export type News =
  /** The tree as it is now; what has not changed in it is the same object as before. `reports` come with the first one. */
  | { readonly type: "tree"; readonly tree: TreeNode; readonly reports?: readonly DeathReport[] }
  /** `missed` events were not sent, because this reader was slow. */
  | { readonly type: "event"; readonly event: SystemEvent; readonly missed: number }
  /** What the server's system has counted, at a time of its wall clock (ms since 1970): once a second, to those who asked for `stats`. */
  | { readonly type: "stats"; readonly at: number; readonly stats: SystemStats }
  /** The connection is gone. `again`: another is being tried, and a tree follows once there is one; else it is over. */
  | { readonly type: "lost"; readonly error: HoldfastError; readonly again: boolean };

/** What a watcher wants to hear beside the tree and the events. */
export interface WatchOptions {
  /** What the system has counted, once a second: news of the type "stats". Default false. */
  readonly stats?: boolean;
}

type Listener = (news: News) => void;

/** Sends where there is a connection. */
type Send = (frame: WatchFrame | { type: "unwatch" }) => void;

/**
 * Those who watch over one connection, and the tree that they see.
 *
 *   nobody ──watch()──▶ asked ──tree──▶ following ──tree-diff──▶ following
 *     ▲                   ▲                 │ a diff that does not fit: asked, once
 *     └── the last left   └─────────────────┘
 */
export class Watching {
  readonly #send: Send;
  /** And whether they want stats. */
  readonly #listeners = new Map<Listener, boolean>();
  /** Of these: who has not had the first tree with the reports. */
  readonly #owed = new Set<Listener>();
  readonly #mirror = new TreeMirror();
  readonly #stats = new StatsMirror();
  /** A whole tree is on its way: diffs that come before it are of no use. */
  #asked = false;
  /** They came with the first part of a tree: they are told with it, once it is all there. */
  #reports: readonly DeathReport[] | undefined;

  constructor(send: Send) {
    this.#send = send;
  }

  /** @returns how to end it */
  add(listener: Listener, { stats = false }: WatchOptions = {}): () => void {
    const counted = this.#wantsStats;
    this.#listeners.set(listener, stats);
    this.#owed.add(listener);
    // A tree that is on its way comes with the reports: it is for this one too.
    if (!this.#asked || this.#wantsStats !== counted) this.#ask(this.#mirror.follows);
    return () => {
      if (!this.#listeners.delete(listener)) return;
      this.#owed.delete(listener);
      if (this.#listeners.size > 0) {
        // Nobody reads them any more, so the server need not send them.
        if (stats && !this.#wantsStats) this.#ask(this.#mirror.follows);
        return;
      }
      this.#asked = false;
      this.#forget();
      this.#send({ type: "unwatch" });
    };
  }

  /** A connection is there. */
  up(): void {
    if (this.#listeners.size > 0) this.#ask();
  }

  lost(error: HoldfastError, again: boolean): void {
    this.#forget();
    this.#tell({ type: "lost", error, again });
  }

  /** @returns whether the frame was for those who watch */
  receive(frame: ServerFrame): boolean {
    if (frame.type === "tree") this.#tree(frame);
    else if (frame.type === "tree-diff") this.#diff(frame);
    else if (frame.type === "stats") this.#count(frame);
    else if (frame.type === "event") this.#event(frame);
    else return false;
    return true;
  }

  /** @param following the tree is followed already: only the reports come, and counters where there were none */
  #ask(following = false): void {
    if (!following) this.#asked = true;
    const stats = this.#wantsStats && { stats: true };
    this.#send({ type: "watch", diffs: true, ...stats, ...(following && { following }) });
  }

  get #wantsStats(): boolean {
    return [...this.#listeners.values()].includes(true);
  }

  #forget(): void {
    this.#mirror.forget();
    this.#stats.forget();
  }

  #tree(frame: TreeFrame): void {
    if (this.#listeners.size === 0) return;
    this.#asked = false;
    const tree = this.#mirror.reset(frame);
    this.#reports = frame.reports as readonly DeathReport[] | undefined;
    if (!frame.more) this.#show(tree);
  }

  #show(tree: TreeNode): void {
    const reports = this.#reports;
    this.#reports = undefined;
    if (reports) this.#owed.clear();
    this.#tell(reports ? { type: "tree", tree, reports } : { type: "tree", tree });
  }

  #diff(frame: TreeDiffFrame): void {
    if (this.#listeners.size === 0) return;
    const tree = this.#mirror.apply(frame);
    if (tree === "more") return;
    if (tree && frame.reports) this.#catchUp(tree, frame.reports as readonly DeathReport[]);
    else if (tree) this.#show(tree);
    else if (!this.#asked) this.#ask();
  }

  /** For those who came after the others: these have the tree already. */
  #catchUp(tree: TreeNode, reports: readonly DeathReport[]): void {
    const owed = [...this.#owed];
    this.#owed.clear();
    for (const listener of owed) tellListener(listener, { type: "tree", tree, reports }, "a watch");
  }

  #count(frame: StatsFrame): void {
    if (this.#listeners.size === 0) return;
    const stats = this.#stats.apply(frame);
    if (stats === "more") return;
    const news: News | undefined = stats && { type: "stats", at: frame.at, stats };
    if (news) for (const [listener, wants] of [...this.#listeners]) wants && tellListener(listener, news, "a watch");
    else if (!this.#asked) this.#ask();
  }

  #event({ event, missed = 0 }: EventFrame): void {
    this.#tell({ type: "event", event: event as SystemEvent, missed });
  }

  #tell(news: News): void {
    for (const listener of [...this.#listeners.keys()]) tellListener(listener, news, "a watch");
  }
}
