import { realClock } from "../clock.js";
import { DEFAULT_SLAB_BYTES } from "../defaults.js";
import { development } from "../development.js";
import type { HostProvider, Isolation } from "../host/host.js";
import { Hosts } from "../host/hosts.js";
import { InlineProvider } from "../host/inline-host.js";
import { machineHosts } from "../host/machine-hosts.js";
import { Deadlines } from "../mailbox/deadlines.js";
import { MailRoom } from "../mailbox/mail-room.js";
import { Meter } from "../mailbox/meter.js";
import { tensorsOf } from "../transport/lease.js";
import { Slab } from "../transport/slab.js";
import { Lodgings } from "./actor/lodgings.js";
import { AuditLog } from "./audit.js";
import { Deadlocks } from "./cell/deadlocks.js";
import { HangWatch } from "./cell/hang-watch.js";
import { LongestRuns } from "./cell/longest-runs.js";
import type { SystemContext } from "./context.js";
import { DeathLog } from "./death/death-log.js";
import { Watches } from "./death/watches.js";
import type { MakeStore } from "./durable/make-store.js";
import { EventFan } from "./events.js";
import { isLinesOnly } from "./log/logger.js";
import { SystemLog } from "./log/system-log.js";
import { MemoryGuard } from "./memory/memory-guard.js";
import { bytesOf } from "./memory/memory-options.js";
import { nowhere } from "./nowhere.js";
import { RunQueue } from "./run-queue.js";
import { Shedding } from "./shedding.js";
import type { SystemOptions } from "./system.js";
import { Following } from "./trace/following.js";
import type { Tracing } from "./trace/tracing.js";
import type { TreePaths } from "./tree-paths.js";

/** Stand-ins for the real hosts of a level: a simulation's, a fault injector's. */
export type Providers = Partial<Record<Isolation, HostProvider>>;

/** What a new system's units share, and the memory through which large arrays go to threads, and leased tensors are in. */
export function newContext(
  options: SystemOptions,
  providers: Providers,
  makeStore: MakeStore | undefined,
  paths: () => TreePaths,
  tracing?: Tracing,
): { context: SystemContext; slab: Slab; tensors: Slab } {
  const { name = "app", clock = realClock, chance = Math.random, cloneInline = false, memory } = options;
  const events = new EventFan(name);
  const logs = options.logger && new SystemLog(options.logger);
  if (logs && !isLinesOnly(options.logger!)) events.subscribe((event) => logs.told(event));
  const sharedBytes = bytesOf(memory?.sharedMb) ?? DEFAULT_SLAB_BYTES;
  const slab = new Slab(clock, sharedBytes);
  const tensors = new Slab(clock, sharedBytes);
  const inlineProvider = new InlineProvider(cloneInline, clock, tensorsOf(tensors));
  const hosts = { inline: inlineProvider, ...machineHosts(slab, sharedBytes, clock) };
  const context: SystemContext = {
    identity: { name },
    clock,
    chance,
    events,
    following: new Following(name, clock, tracing),
    hosts: new Hosts(clock, { ...hosts, ...providers }, logs, tracing !== undefined),
    inline: inlineProvider,
    exclusiveHosts: new Map(),
    deadlines: new Deadlines(clock),
    meter: new Meter(() => clock.now()),
    mailRoom: new MailRoom(bytesOf(memory?.mailMb)),
    hangWatch: new HangWatch(clock),
    deadlocks: development ? new Deadlocks(clock) : undefined,
    longestRuns: new LongestRuns(),
    runQueue: new RunQueue(clock, tracing && ((run) => tracing.apart(run))),
    callMade: { at: 0 },
    lodgings: new Lodgings(() => context),
    shedding: new Shedding(),
    logs,
    audit: new AuditLog(clock, events),
    deaths: new DeathLog(clock, events, options.deadLetters),
    store: makeStore?.(clock, events),
    memory: new MemoryGuard({
      clock,
      events,
      rssBytes: bytesOf(memory?.rssMb),
      rss: () => process.memoryUsage.rss(),
      restart: (path, why) => paths().recycle(path, why),
    }),
    watches: new Watches(events, (path, key) => {
      const unit = paths().find(path);
      return key === undefined ? unit : unit?.keyed?.(key);
    }),
    resolve: (path) => paths().find(path)?.target ?? nowhere(context, paths().whole(path), () => paths().nearest(path)),
  };
  return { context, slab, tensors };
}
