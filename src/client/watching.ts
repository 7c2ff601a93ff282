import type { HoldfastError } from "../errors.js";
import type { EventFrame, ServerFrame, TreeDiffFrame, TreeFrame, WatchFrame } from "../protocol/frames.js";
import type { DeathReport } from "../system/death/report.js";
import type { SystemEvent } from "../system/events.js";
import type { TreeNode } from "../system/tree.js";
import { TreeMirror } from "./tree-mirror.js";

/** What a watcher hears. Errors in events and reports are plain `{ name, message }`. */
export type News =
  /** The tree as it is now; what has not changed in it is the same object as before. `reports` come with the first one. */
  | { readonly type: "tree"; readonly tree: TreeNode; readonly reports?: readonly DeathReport[] }
  /** `missed` events were not sent, because this reader was slow. */
  | { readonly type: "event"; readonly event: SystemEvent; readonly missed: number }
  /** The connection is gone. `again`: another is being tried, and a tree follows once there is one; else it is over. */
  | { readonly type: "lost"; readonly error: HoldfastError; readonly again: boolean };

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
  readonly #listeners = new Set<Listener>();
  readonly #mirror = new TreeMirror();
  /** A whole tree is on its way: diffs that come before it are of no use. */
  #asked = false;

  constructor(send: Send) {
    this.#send = send;
  }

  /** @returns how to end it */
  add(listener: Listener): () => void {
    this.#listeners.add(listener);
    // Again for each listener: it is owed a first tree with the reports.
    this.#ask();
    return () => {
      if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
      this.#mirror.forget();
      this.#send({ type: "unwatch" });
    };
  }

  /** A connection is there. */
  up(): void {
    if (this.#listeners.size > 0) this.#ask();
  }

  lost(error: HoldfastError, again: boolean): void {
    this.#mirror.forget();
    this.#tell({ type: "lost", error, again });
  }

  /** @returns whether the frame was for those who watch */
  receive(frame: ServerFrame): boolean {
    if (frame.type === "tree") this.#tree(frame);
    else if (frame.type === "tree-diff") this.#diff(frame);
    else if (frame.type === "event") this.#event(frame);
    else return false;
    return true;
  }

  #ask(): void {
    this.#asked = true;
    this.#send({ type: "watch", diffs: true });
  }

  #tree(frame: TreeFrame): void {
    if (this.#listeners.size === 0) return;
    this.#asked = false;
    const tree = this.#mirror.reset(frame);
    const reports = frame.reports as readonly DeathReport[] | undefined;
    this.#tell(reports ? { type: "tree", tree, reports } : { type: "tree", tree });
  }

  #diff(frame: TreeDiffFrame): void {
    if (this.#listeners.size === 0) return;
    const tree = this.#mirror.apply(frame);
    if (tree) this.#tell({ type: "tree", tree });
    else if (!this.#asked) this.#ask();
  }

  #event({ event, missed = 0 }: EventFrame): void {
    this.#tell({ type: "event", event: event as SystemEvent, missed });
  }

  #tell(news: News): void {
    for (const listener of [...this.#listeners]) listener(news);
  }
}
