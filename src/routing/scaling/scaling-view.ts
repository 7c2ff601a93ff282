import { availableParallelism } from "node:os";
import type { SystemContext } from "../../system/context.js";
import type { Members } from "../pools/members.js";
import type { PoolBounds } from "../pools/pool-bounds.js";
import type { PoolMail } from "../pools/pool-mail.js";
import type { Gauge } from "./gauge.js";
import type { ScalingView } from "./scaling-rule.js";

export interface ScalerParts {
  readonly context: SystemContext;
  readonly path: string;
  readonly bounds: PoolBounds;
  readonly members: Members;
  readonly mail: PoolMail;
  readonly gauge: Gauge;
  /** How many were refused lately since no member was free, as if it were in the last so many ms. */
  readonly refusedWithin: (overMs: number, now: number) => number;
}

/** One that was refused may be alone; so many are a load. */
const REFUSED_TELL = 2;

/** What a rule is shown of a pool. What was refused since nobody was free counts as if it waited, for too long. */
export function scalingView(
  { mail, members, gauge, bounds, refusedWithin }: ScalerParts,
  now: number,
  known: Pick<ScalingView, "startMs" | "memberBytes" | "freeBytes">,
): ScalingView {
  const patience = Math.max(bounds.targetWaitMs, known.startMs ?? 0);
  const lately = Math.floor(refusedWithin(patience, now));
  const refused = lately >= REFUSED_TELL ? lately : 0;
  const waitedMs = gauge.arrivals.oldestWaitMs(now, mail.waiting);
  let busy = 0;
  let ready = 0;
  for (const member of members.there) {
    if (member.up) ready++;
    if (member.up && member.executing > 0) busy++;
  }
  return {
    now,
    waiting: mail.waiting + refused,
    oldestWaitMs: refused > 0 ? Math.max(waitedMs, patience + 1) : waitedMs,
    members: members.working,
    ready,
    busy,
    workedMs: gauge.workedMs(now, members.all),
    serviceMs: gauge.service?.ms,
    ...known,
    cores: availableParallelism(),
  };
}
