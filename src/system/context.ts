import type { SystemIdentity, Target } from "../actor/ref.js";
import type { Chance, Clock } from "../clock.js";
import type { Hosts } from "../host/hosts.js";
import type { InlineProvider } from "../host/inline-host.js";
import type { Deadlines } from "../mailbox/deadlines.js";
import type { MailRoom } from "../mailbox/mail-room.js";
import type { Meter } from "../mailbox/meter.js";
import type { ExclusiveHosts } from "./actor/exclusive.js";
import type { Lodgings } from "./actor/lodgings.js";
import type { AuditLog } from "./audit.js";
import type { Deadlocks } from "./cell/deadlocks.js";
import type { HangWatch } from "./cell/hang-watch.js";
import type { LongestRuns } from "./cell/longest-runs.js";
import type { DeathLog } from "./death/death-log.js";
import type { Watches } from "./death/watches.js";
import type { SystemStore } from "./durable/system-store.js";
import type { EventFan } from "./events.js";
import type { SystemLog } from "./log/system-log.js";
import type { MemoryGuard } from "./memory/memory-guard.js";
import type { RunQueue } from "./run-queue.js";
import type { Shedding } from "./shedding.js";
import type { Following } from "./trace/following.js";

/** What every unit of one system shares. */
export interface SystemContext {
  readonly identity: SystemIdentity;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly hosts: Hosts;
  readonly inline: InlineProvider;
  /** Which cells inline actors share. */
  readonly lodgings: Lodgings;
  readonly exclusiveHosts: ExclusiveHosts;
  readonly deadlines: Deadlines;
  /** Whether times are taken. */
  readonly meter: Meter;
  readonly mailRoom: MailRoom;
  readonly hangWatch: HangWatch;
  /** In development. */
  readonly deadlocks: Deadlocks | undefined;
  readonly longestRuns: LongestRuns;
  /** The actors of this thread that have mail. */
  readonly runQueue: RunQueue;
  /** The time at which the call was made that is being taken in, monotonic ms; 0 between calls. A clock costs as much as a frame. */
  readonly callMade: { at: number };
  readonly events: EventFan;
  /** Which messages are followed from their acceptance to their outcome. */
  readonly following: Following;
  readonly deaths: DeathLog;
  readonly audit: AuditLog;
  readonly watches: Watches;
  /** Undefined where the system was given no logger. */
  readonly logs: SystemLog | undefined;
  readonly memory: MemoryGuard;
  /** Whom nobody lets in now. */
  readonly shedding: Shedding;
  /** Where durable actors have their state; undefined where the system was given none. */
  readonly store: SystemStore | undefined;
  /** How a path in a message becomes a ref. A path where nothing is gives a target that refuses. */
  resolve(path: string): Target;
}
