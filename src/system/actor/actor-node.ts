import type { CellSpec } from "../../host/booting.js";
import type { Run } from "../cell/work.js";
import type { SystemContext } from "../context.js";
import type { Busy, TreeNode } from "../tree.js";
import type { Standing } from "../unit.js";
import type { ActorUnit } from "./actor-unit.js";

/** A run so long is worth telling, ms, and one that is past its limit always. */
const LONG_MS = 1000;

/** An actor in the tree. @param reason why it is not running, for people */
export function actorNode(
  context: SystemContext,
  spec: CellSpec,
  unit: ActorUnit,
  { state, restarts }: Standing,
  reason: string | undefined,
): TreeNode {
  const { name, path, limits, waiting, cell, executing, incarnation } = unit;
  const spare = context.hosts.spare(spec);
  const now = context.clock.now();
  const busy = executing > 0 && cell?.alive ? busyWith(unit.work(now).runs, now) : undefined;
  return {
    path,
    name,
    kind: "actor",
    state,
    isolation: spec.isolation,
    incarnation,
    restarts,
    mailbox: { waiting, executing, capacity: limits.messages },
    ...(cell?.alive ? { host: cell.host.name } : {}),
    ...(busy ? { busy } : {}),
    ...(spare ? { spare } : {}),
    ...(reason && state !== "running" ? { reason } : {}),
  };
}

/** The run that began first, if that is long ago. Pure. */
export function busyWith(runs: readonly Run[], now: number): Busy | undefined {
  const [first, ...others] = runs;
  if (!first) return undefined;
  const { method, since, limitMs } = others.reduce((oldest, run) => (run.since < oldest.since ? run : oldest), first);
  const ageMs = Math.round(now - since);
  if (ageMs < Math.min(LONG_MS, limitMs)) return undefined;
  return { method, ageMs, ...(limitMs === Number.POSITIVE_INFINITY ? {} : { limitMs }) };
}
