import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "../system/app.js";
import { drainedByHand, type TreeNode } from "../system/tree.js";
import { expectation, listed, type Within } from "./expectations.js";
import { refuseNoApp } from "./refuse-no-app.js";

/** What of an app a look at it needs: any App has it. */
export type Looked = Pick<App, "tree">;

export interface SettledOptions extends Within {
  /**
   * A child in its back-off: "pending" (default), since it starts soon; "settled" where time stands still, since nothing
   * more happens until the test moves it on.
   */
  backOff?: "pending" | "settled";
}

/**
 * Resolves when nothing is under way: no message executes or waits for an actor that runs, and no child starts or stops.
 * What is down (stopped, parked), or drained by hand, waits for somebody's hand and is not waited for, nor is mail that it
 * alone could take; what a drained one has it finishes.
 * @throws HoldfastError Timeout naming what is still under way
 * @example
 * app.refs.digits.tell.classify(pixels);
 * await settled(app);
 */
export async function settled(app: Looked, options: SettledOptions = {}): Promise<void> {
  refuseNoApp(app, "settled");
  const { promise, fulfil, open } = expectation<void>(options, "the app to settle", () =>
    listed(underWay(app, options), "it has, a moment ago"),
  );
  void promise.catch(() => {});
  for (let looks = 0; open(); looks++) {
    if (await quiet(app, options)) fulfil();
    // In this thread a turn is enough; from others it takes what it takes.
    else if (looks > 20) await sleep(1);
  }
  return promise;
}

/** Nothing is under way now, and what the last event set off has set off nothing more: two looks, a turn between. */
export async function quiet(app: Looked, options: SettledOptions): Promise<boolean> {
  const before = underWay(app, options).length === 0;
  await new Promise((resolve) => setImmediate(resolve));
  return before && underWay(app, options).length === 0;
}

/** What is under way, for people. */
function underWay(app: Looked, options: SettledOptions): string[] {
  return pendingIn(app.tree(), options.backOff ?? "pending");
}

function pendingIn(node: TreeNode, backOff: SettledOptions["backOff"]): string[] {
  const { path, state, mailbox, children = [] } = node;
  const found = children.flatMap((child) => pendingIn(child, backOff));
  const changing = ["starting", "stopping", "draining"].includes(state) && !drainedByHand(node);
  if (changing || (state === "waiting" && backOff === "pending")) found.push(`${path} is ${state}`);
  if (mailbox && mailbox.executing > 0) found.push(`${path} executes ${mailbox.executing}`);
  if (mailbox && mailbox.waiting > 0 && finishesMail(node)) found.push(`${mailbox.waiting} wait at ${path}`);
  return found;
}

/** What is drained by hand gets no new mail, and finishes what waits: a group as long as one of its members takes mail. */
function finishesMail(node: TreeNode): boolean {
  return takesMail(drainedByHand(node) ? { ...node, state: "running" } : node);
}

/** A group takes mail while one of its members does. */
function takesMail({ state, children }: TreeNode): boolean {
  return state === "running" && (children === undefined || children.some(takesMail));
}
