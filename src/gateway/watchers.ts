import type { Clock, Timer } from "../clock.js";
import { TreeLog } from "../observe/feed/tree-log.js";
import type { EventFrame, ServerFrame, TreeDiffFrame, TreeFrame } from "../protocol/frames.js";
import type { App } from "../system/app.js";
import type { SystemEvent } from "../system/events.js";
import { encodedOnce } from "./encoded-once.js";
import { diffParts, treeParts } from "./feed-parts.js";
import { plain } from "./plain.js";
import { StatsFeed } from "./stats-feed.js";

/** Mailbox depths change without an event: the tree is looked at this often while somebody watches. */
const LOOK_EVERY_MS = 500;
/** Between two looks however much happens: what a storm of events has changed is told in one piece. */
export const GATHER_MS = 250;
/** Of the time at most one part in so many goes into looks: a large tree is looked at less often. */
const LOOK_SHARE = 20;
/** Death reports that a new watcher is given. */
const REPORTS = 50;

/** One connection that watches. */
export interface Watcher {
  /** The same frame goes to many: it is not to be changed. */
  push(frame: ServerFrame): void;
  /** Behind with reading: it is told later how many events it missed, and of trees only the newest matters. */
  readonly congested: boolean;
}

/** What a watcher has asked for. */
export interface Wishes {
  /** Changes of the tree, instead of all of it each time. Default false: whoever does not know of them never asks. */
  readonly diffs?: boolean;
  /** What the system has counted, once a second. Default false. */
  readonly stats?: boolean;
  /** It has followed every diff since it asked for them: the tree is not sent again. Default false. */
  readonly following?: boolean;
}

interface Told {
  readonly diffs: boolean;
  missed: number;
  /** Was congested when the tree changed last: it is owed the newest one, also when nothing changes any more. */
  behind: boolean;
}

type TreeFrames = readonly [TreeFrame, ...ServerFrame[]];

/**
 * Pushes the live tree and every event to whoever watches; costs nothing while nobody does. One look and one encoding serve all.
 *
 *   event ─▶ at once to everybody ─▶ a look is due: now, or 250 ms after the last one
 *   look  ─▶ nothing is different ─▶ the next one in 500 ms
 *         └▶ tree-diff 7 ▸ 8 to those who read diffs, the whole tree to others and to whoever was congested
 */
export class Watchers {
  readonly #app: App<unknown>;
  readonly #clock: Clock;
  readonly #maxPayload: number;
  readonly #told = new Map<Watcher, Told>();
  readonly #stats: StatsFeed;
  #log = new TreeLog();
  /** Whole trees as frames that follow each other, by whether they are for readers of diffs; until the next revision. */
  readonly #trees = new Map<boolean, TreeFrames>();
  /** The same with the reports, until the next event. */
  readonly #firsts = new Map<boolean, TreeFrames>();
  /** The reports alone, for whoever follows the tree already; until the next event or revision. */
  #reports: TreeDiffFrame | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #costMs = 0;
  /** Something has happened since the last look. */
  #stale = true;
  #timer: Timer | undefined;
  #unsubscribe: (() => void) | undefined;

  /** @param maxPayload bytes of the largest frame: what a new watcher gets beside the tree leaves half of it free */
  constructor(app: App<unknown>, clock: Clock, maxPayload = Number.POSITIVE_INFINITY) {
    this.#app = app;
    this.#clock = clock;
    this.#maxPayload = maxPayload;
    this.#stats = new StatsFeed(app, clock);
  }

  add(watcher: Watcher, { diffs = false, stats = false, following = false }: Wishes = {}): void {
    this.#unsubscribe ??= this.#app.subscribe((event) => this.#event(event));
    if (this.#stale || this.#clock.now() >= this.#lookedAt + this.#pause(GATHER_MS)) this.#look();
    const told = this.#told.get(watcher);
    const inStep = following && diffs && told?.diffs === true && !told.behind;
    if (inStep) {
      this.#reports ??= this.#withReports({ type: "tree-diff", ...this.#log.still });
      watcher.push(this.#reports);
    } else {
      this.#told.set(watcher, { diffs, missed: 0, behind: false });
      pushAll(watcher, this.#first(diffs));
    }
    if (stats) this.#stats.add(watcher, inStep);
    else this.#stats.remove(watcher);
  }

  remove(watcher: Watcher): void {
    this.#told.delete(watcher);
    this.#stats.remove(watcher);
    if (this.#told.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    // Nobody listens for what happens from now on, and nobody holds a revision.
    this.#stale = true;
    this.#log = new TreeLog();
    this.#forget();
  }

  #event(event: SystemEvent): void {
    const frame: EventFrame = { type: "event", event: plain(event) };
    this.#firsts.clear();
    this.#reports = undefined;
    for (const [watcher, told] of this.#told) {
      if (watcher.congested) {
        told.missed += 1;
      } else {
        watcher.push(told.missed > 0 ? { ...frame, missed: told.missed } : frame);
        told.missed = 0;
      }
    }
    if (this.#stale) return;
    this.#stale = true;
    this.#lookIn(Math.max(0, this.#lookedAt + this.#pause(GATHER_MS) - this.#clock.now()));
  }

  #look(): void {
    const begun = this.#clock.now();
    const diff = this.#log.look(this.#app.tree());
    if (diff) this.#forget();
    const news = diff && diffParts(diff);
    this.#stale = false;
    for (const [watcher, told] of this.#told) {
      if (!news && !told.behind) continue;
      if (watcher.congested) {
        told.behind = true;
      } else if (news && told.diffs && !told.behind) {
        pushAll(watcher, news);
      } else {
        told.behind = false;
        pushAll(watcher, this.#tree(told.diffs));
      }
    }
    this.#lookedAt = this.#clock.now();
    this.#costMs = this.#lookedAt - begun;
    this.#lookIn(this.#pause(LOOK_EVERY_MS));
  }

  #pause(ms: number): number {
    return Math.max(ms, this.#costMs * LOOK_SHARE);
  }

  #lookIn(ms: number): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.after(ms, () => this.#look(), { background: true });
  }

  #tree(diffs: boolean): TreeFrames {
    let frames = this.#trees.get(diffs);
    if (!frames) {
      frames = diffs ? treeParts(this.#log) : [{ type: "tree", tree: this.#log.whole.tree }];
      this.#trees.set(diffs, frames);
    }
    return frames;
  }

  #first(diffs: boolean): TreeFrames {
    let frames = this.#firsts.get(diffs);
    if (!frames) {
      const [tree, ...rest] = this.#tree(diffs);
      frames = [this.#withReports(tree), ...rest];
      this.#firsts.set(diffs, frames);
    }
    return frames;
  }

  /** With the latest reports: as many as leave half of the largest frame free. */
  #withReports<Frame extends TreeFrame | TreeDiffFrame>(bare: Frame): Frame {
    let reports = this.#app.reports().slice(-REPORTS).map(plain);
    let frame: Frame = { ...bare, reports };
    while (reports.length > 0 && encodedOnce(frame, "text").bytes > this.#maxPayload / 2) {
      reports = reports.slice(Math.ceil(reports.length / 2));
      frame = { ...bare, reports };
    }
    return frame;
  }

  #forget(): void {
    this.#trees.clear();
    this.#firsts.clear();
    this.#reports = undefined;
  }
}

/** In one turn, so that nothing else comes between the parts. */
function pushAll(watcher: Watcher, frames: readonly ServerFrame[]): void {
  for (const frame of frames) watcher.push(frame);
}
