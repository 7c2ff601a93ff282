import { type Duration, milliseconds } from "../../duration.js";
import type { Gateway } from "../../gateway/gateway.js";
import type { App } from "../../system/app.js";
import type { TreeNode } from "../../system/tree.js";
import { CommandError, exitCodes } from "../command.js";
import { onSignals } from "../on-signals.js";
import type { ServingModels } from "./serve-models.js";

export interface Served {
  readonly app: App<unknown>;
  readonly door: Gateway;
  readonly drain: Duration;
  readonly exposed: readonly string[];
  readonly models?: ServingModels | undefined;
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
    const up = Promise.all([app.ready(), served.models?.settled]).then(() => "up" as const);
    const first = await Promise.race([up, stop.asked, app.ended]);
    if (first === "up") {
      refuseIfNothingRuns(served);
      say(`ready: ${served.exposed.filter((name) => !isDown(served, name)).join(", ")}`);
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

function refuseIfNothingRuns(served: Served): void {
  const down = served.exposed.flatMap((name) => isDown(served, name) ?? []);
  if (down.length < served.exposed.length) return;
  throw new CommandError(`nothing could start:\n${down.join("\n")}`, exitCodes.cannotStart);
}

/** Why nobody would be answered under a name; undefined where somebody would. */
function isDown({ app, models }: Served, name: string): string | undefined {
  if (models && Object.hasOwn(models.expose, name)) {
    const { ready, reason } = models.served.readiness(name);
    return ready ? undefined : `  ${name}: ${models.failures.get(name) ?? reason ?? "unknown"}`;
  }
  const node = (app.tree().children ?? []).find((child) => child.name === name);
  if (!node) return undefined;
  const runs = node.state === "running" && members(node).some(({ state }) => state === "running");
  return runs ? undefined : `  ${name}: ${reason(node)}`;
}

function members(node: TreeNode): readonly TreeNode[] {
  return node.children ?? [node];
}

function reason(node: TreeNode): string {
  return node.reason ?? node.children?.map(reason).find((text) => text !== "unknown") ?? "unknown";
}
