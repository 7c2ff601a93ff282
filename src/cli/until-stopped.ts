import { type Duration, milliseconds } from "../duration.js";
import type { Gateway } from "../gateway/gateway.js";
import type { App } from "../system/app.js";
import type { TreeNode } from "../system/tree.js";
import { CommandError, exitCodes } from "./command.js";
import { onSignals } from "./on-signals.js";

export interface Served {
  readonly app: App<unknown>;
  readonly door: Gateway;
  readonly drain: Duration;
  readonly exposed: readonly string[];
  readonly say: (line: string) => void;
}

/** After a third signal nothing is waited for. 128 + SIGINT, as shells count. */
const FORCED_EXIT = 130;

/**
 * Serves until a signal, or until the system gives up.
 *
 *   signal ─▶ close the doors ─▶ finish what is under way ─▶ stop the tree in reverse ─▶ exit 0
 *   2nd    ─▶ stop waiting                                      3rd ─▶ exit 130 at once
 *
 * @throws CommandError when nothing exposed could start, or the system gave up
 */
export async function untilStopped(served: Served): Promise<number> {
  const { app, door, say } = served;
  const stop = onSignals((count) => {
    if (count === 1) say("\nstopping: finishing what is under way (again to stop at once)");
    else if (count === 2) hurry(served);
    else process.exit(FORCED_EXIT);
  });
  try {
    const first = await Promise.race([app.ready().then(() => "up" as const), stop.asked, app.ended]);
    if (first === "up") {
      refuseIfNothingRuns(app, served.exposed);
      if (served.exposed.length > 0) say(`ready: ${served.exposed.join(", ")}`);
    }
    const error = await Promise.race([stop.asked.then(() => undefined), app.ended]);
    await shut(served, served.drain);
    if (error instanceof Error) throw new CommandError(error.message, exitCodes.failed);
    return exitCodes.ok;
  } catch (error) {
    await Promise.all([door.close({ drain: 0 }), app.stop({ drain: 0 })]);
    throw error;
  } finally {
    stop.release();
  }
}

/** The doors first, so that what is under way can be answered through them; one drain for both. */
async function shut({ app, door }: Served, drain: Duration): Promise<void> {
  const until = performance.now() + milliseconds(drain, "drain");
  const closed = door.close({ drain });
  if (drain !== 0) await closed;
  await app.stop({ drain: Math.max(0, until - performance.now()) });
  await closed;
}

/** A second call hurries the first; where the doors were still closing, there was none yet. */
function hurry({ app, door }: Served): void {
  void door.close({ drain: 0 });
  void app.stop({ drain: 0 });
  void app.stop({ drain: 0 });
}

function refuseIfNothingRuns(app: App<unknown>, exposed: readonly string[]): void {
  const nodes = (app.tree().children ?? []).filter((node) => exposed.includes(node.name));
  const down = nodes.filter(
    (node) => node.state !== "running" || members(node).every(({ state }) => state !== "running"),
  );
  // Of models alone it is the index that tells which of them came up.
  if (exposed.length === 0 || down.length < nodes.length) return;
  const reasons = down.map((node) => `  ${node.name}: ${reason(node)}`).join("\n");
  throw new CommandError(`nothing could start:\n${reasons}`, exitCodes.cannotStart);
}

function members(node: TreeNode): readonly TreeNode[] {
  return node.children ?? [node];
}

function reason(node: TreeNode): string {
  return node.reason ?? node.children?.map(reason).find((text) => text !== "unknown") ?? "unknown";
}
