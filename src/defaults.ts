import type { Duration } from "./duration.js";

/* Every default of the runtime outside supervision/, with its unit and its reason. */

/** How long an ask waits. Long enough for a heavy model, short enough that a caller learns of trouble. */
export const DEFAULT_ASK_TIMEOUT: Duration = "30s";

/**
 * How long one run of a method that declares no `limit` may take at least before it counts as hung: twice the default ask,
 * so nobody waits for it any more.
 */
export const DEFAULT_METHOD_LIMIT: Duration = "60s";

/** So many times its longest run that ended well may a method without a `limit` take: longer than honest work varies. */
export const LEARNED_LIMIT_RUNS = 10;

/** Messages a mailbox holds. At 1 kB each that is 1 MB; at 1 ms each, a second of work. */
export const DEFAULT_MAILBOX_MESSAGES = 1000;

/** Bytes a mailbox holds: 64 MiB, four tensors of 16 MB, or an eighth of a 512 MB device. */
export const DEFAULT_MAILBOX_BYTES = 64 * 1024 * 1024;

/** Bytes that may wait in all mailboxes of a system together: 256 MiB, four full ones, half of a 512 MB device. */
export const DEFAULT_MAIL_BYTES = 256 * 1024 * 1024;

/** A mailbox of so few bytes is not what fills a system: it asks nobody. At 1 kB a message that is a full one. */
export const LIGHT_MAIL_BYTES = 1024 * 1024;

/**
 * Messages handed to a host ahead of execution. Enough to hide a port's latency, and that two threads on one core change places
 * rarely (with half as many a message costs a fourth more there); few enough to redeliver cheaply.
 */
export const DEFAULT_WINDOW = 64;

/**
 * Bytes of large arrays handed to a host ahead of execution: 4 MiB, so that what is copied in is still in the processor's
 * caches when it is copied out (with 32 MB ahead, 1 MB arrays are a third slower). One message more than may run goes always.
 */
export const WINDOW_BYTES = 4 * 1024 * 1024;

/** Window of a pool's member: late binding is the whole answer to tails, so a message waits for the first free member. */
export const POOL_MEMBER_WINDOW = 1;

/** How long a message may wait for a member of a pool, where members more can help: what a person does not notice yet. */
export const POOL_TARGET_WAIT: Duration = "50ms";

/** How long a pool must have been too large before a member goes: pauses between bursts are shorter, a start costs more. */
export const POOL_SHRINK_AFTER: Duration = "30s";

/** Messages kept for replay between two snapshots; at the bound a snapshot is forced. */
export const DEFAULT_TAIL_MESSAGES = 1000;

/** Bytes of the same tail. */
export const DEFAULT_TAIL_BYTES = 16 * 1024 * 1024;

/** Events of an actor that is not durable, kept for as long as no snapshot stands for them; at most so many in one message. */
export const DEFAULT_EVENTS = 10_000;

/** Messages or events of an event-sourced actor between two of its snapshots: a rebuild takes some 0.1 ms, and a snapshot costs each a hundredth. */
export const DEFAULT_EVENTS_PER_SNAPSHOT = 100;

/**
 * Outcomes of one durable actor that may wait for the store; then it runs nothing more until some have left. At 10 ms a sync
 * that is 100,000 messages a second.
 */
export const HELD_OUTCOMES = 1000;

/** Deaths while executing after which a message is not tried again. */
export const POISON_DEATHS = 2;

/** How long handlers of a rebuilt incarnation may still run before their cell goes: an aborted fetch takes that long to notice. */
export const DEFAULT_GRACE: Duration = "1s";

/** How long a circle of waiting actors must last to be told as Deadlock: handlers that do not wait have returned by then. */
export const DEADLOCK_AFTER: Duration = "1s";

/** How long a killed thread may take to leave before it is reported as abandoned: terminate() takes 2-4 ms unless native. */
export const ABANDON_AFTER: Duration = "1s";

/** The same for a thread that was found in native code: it is known not to leave, and given the time to have just done so. */
export const ABANDON_NATIVE_AFTER: Duration = "50ms";

/** How long a condemned thread waits for native calls whose promises have not settled: its own loop turns, so it can leave. */
export const NATIVE_PROMISE_WITHIN: Duration = "500ms";

/** Pause between taking a spare and making the next: refilling competes with the restart it served. */
export const SPARE_REFILL_AFTER: Duration = "100ms";

/** How long `stop()` lets queued work finish. */
export const DEFAULT_DRAIN: Duration = "10s";

/** How often a stopping system looks whether its queues are empty, ms. */
export const DRAIN_LOOK_MS = 5;

/** Children that one actor may spawn: enough for a session each, few enough that a runaway loop is told before memory is. */
export const DEFAULT_MAX_SPAWNED = 1000;

/** An idle key of a keyed group is let go after this. */
export const DEFAULT_KEY_IDLE: Duration = "5m";

/** Keys of a keyed group alive at once. */
export const DEFAULT_MAX_KEYS = 1000;

/** Children of a dynamic supervisor at once: some 60 MB of them. */
export const DEFAULT_MAX_CHILDREN = 100_000;

/** Threads and processes one system may hold, abandoned ones included: a runaway restart loop must not eat the machine. */
export const MAX_HOSTS = 256;

/** Of these, the most that growth and spares may take: a quarter is left for restarts, and for what a tree says it needs. */
export const HOSTS_FOR_GROWTH = 192;

/** Death reports kept for `app.reports()`. */
export const KEPT_REPORTS = 200;

/** Arrays of fewer bytes travel in their message: a copy that small costs no more than finding a slot for it. */
export const SLAB_FROM_BYTES = 16 * 1024;

/** Bytes of shared memory that a system, and each of its threads, may use for arrays on their way: 64 MiB, as a mailbox. */
export const DEFAULT_SLAB_BYTES = 64 * 1024 * 1024;

/** The same between processes: smaller ones go by their channel as fast as through a file. */
export const SPOOL_FROM_BYTES = 128 * 1024;

/** Of what is free in /dev/shm, the most that the arrays to one process may take, and as much those from it: containers have 64 MB. */
export const SPOOL_SHARE = 0.125;

/** Bytes of shared memory that are asked for at once: four slots of 1 MB. The machine gives them when they are written. */
export const SLAB_SEGMENT_BYTES = 4 * 1024 * 1024;

/** Shared memory that nobody used for so long is given back: pauses between requests are shorter, bursts are rarer. */
export const SLAB_IDLE: Duration = "2s";

/** Messages that actors of one thread run before the event loop has its turn: about 50 us of empty ones, a turn costs one. */
export const DRAIN_MESSAGES = 1024;

/**
 * Milliseconds of the same: no timer or socket waits longer for actors, the handler under way apart. Where quick ones prove
 * long in the middle, that is seen after eight at most.
 */
export const DRAIN_MS = 4;

/** How long an operator has a host hang where nothing says otherwise: longer than the limits that are to end it. */
export const DEFAULT_HANG: Duration = "5m";

/** The longest such hang: what nobody ends comes back by itself within the hour. */
export const LONGEST_HANG: Duration = "1h";

/** Dead letters kept: more are a flood, which nobody reads one by one. Some 0.5 MB. */
export const KEPT_LETTERS = 1000;

/** Bytes of their arguments, so that they can be sent again: 16 MiB, as much as one actor keeps to run again. */
export const LETTER_PAYLOAD_BYTES = 16 * 1024 * 1024;

/** Acts of operators kept in memory: what a page shows; the file keeps more. */
export const KEPT_AUDITS = 1000;
