import type { HostMemory } from "../host/control-reader.js";
import type { MailStats } from "../mailbox/mail-stats.js";
import type { Tally } from "../mailbox/tally.js";
import type { Cell } from "./cell/cell.js";
import type { Counted, UnitStats } from "./stats.js";
import type { TreeNode } from "./tree.js";

/** Codes with which messages fail, or are refused, for want of room or time. */
const shedCodes = ["Overloaded", "MailboxFull", "Dropped"] as const;

/** What a unit says of itself. */
interface Counting {
  readonly path: string;
  readonly kind: TreeNode["kind"];
  readonly partOf?: string | undefined;
  readonly now: number;
  readonly mail: MailStats;
  /** Of a supervisor: what is its own of what it has counted. */
  readonly own?: Tally | undefined;
  /** Of a pool or keyed group: its parts that run. */
  readonly ready?: number | undefined;
  /** Where it is, if anywhere. */
  readonly cell?: Cell | undefined;
}

/** What was counted at one place, as plain data. */
export function unitStats(tally: Tally, { path, kind, partOf, now, mail, own, ready, cell }: Counting): UnitStats {
  const failed = plain(tally.failed);
  const refused = plain(tally.refused);
  const { latencies } = tally;
  const memory = ownMemory(cell);
  const shed = shedCodes.reduce((sum, code) => sum + (failed[code] ?? 0) + (refused[code] ?? 0), 0);
  return {
    path,
    kind,
    ...(partOf === undefined ? {} : { partOf }),
    accepted: tally.accepted,
    answered: tally.answered,
    told: tally.told,
    failed,
    refused,
    shed,
    redelivered: tally.redelivered,
    quarantined: failed.PoisonedMessage ?? 0,
    ...restartsOf(tally),
    ...(own === undefined ? {} : { own: { refused: plain(own.refused), ...restartsOf(own) } }),
    ...(ready === undefined ? {} : { ready }),
    waiting: mail.waiting,
    executing: mail.executing,
    oldestWaitMs: mail.waiting === 0 || mail.since === undefined ? 0 : Math.max(0, now - mail.since),
    ...(latencies && {
      latency: { count: latencies.count, sumMs: latencies.sumMs, buckets: [...latencies.buckets] },
    }),
    ...(memory && memory.heap > 0 ? { heapBytes: memory.heap, externalBytes: memory.external } : {}),
  };
}

function restartsOf({ restarts, planned }: Tally): Pick<UnitStats, "restarts" | "planned"> {
  return { restarts: plain(restarts), ...(planned && { planned: plain(planned) }) };
}

/** Of a host of its own: what others are in too is nobody's alone. */
function ownMemory(cell: Cell | undefined): HostMemory | undefined {
  if (!cell?.alive || cell.shared || cell.several || cell.host.isolation === "inline") return undefined;
  return cell.host.control.memory();
}

const none: Counted = Object.freeze({});

function plain(counts: ReadonlyMap<string, number> | undefined): Counted {
  return counts === undefined ? none : Object.fromEntries(counts);
}
