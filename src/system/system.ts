import type { Chance, Clock } from "../clock.js";
import { HoldfastError } from "../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../known-keys.js";
import type { App } from "./app.js";
import { checkStore, makeStoreOf } from "./durable/make-store.js";
import type { Store } from "./durable/store.js";
import type { DeadLetterOptions } from "./letters/dead-letters.js";
import { checkLetters } from "./letters/letter-options.js";
import { checkLogger, type Logger } from "./log/logger.js";
import { positive } from "./memory/memory-options.js";
import type { Children, RefsOf, SupervisorSpec } from "./supervisor/supervisor-spec.js";
import { checkTrace, openTracing } from "./trace/open-tracing.js";
import type { TraceOptions } from "./trace/tracing.js";

export interface SystemMemory {
  /** Of the whole process, MB: over it the thread that holds most is recycled, as with an actor's `memory`. Default: no limit. */
  rssMb?: number;
  /**
   * Shared memory for large arrays on their way to threads and processes, MB; as much for leased tensors, and for each thread's
   * own results. When it is used up, arrays travel in their messages. 0: none is used. Default 64.
   */
  sharedMb?: number;
  /**
   * What may wait in all mailboxes together, MB. Beyond it a mailbox takes no more than its fair share: one that is flooded is
   * full then, and the others are not. Mailboxes under 1 MB do not count. Default 256.
   */
  mailMb?: number;
}

export interface SystemOptions {
  /** Name of the root, first in every path. Default "app". */
  name?: string;
  /**
   * "wait" (default): `await system()` resolves when every child is ready, and rejects, rolled back, when one cannot start.
   * "background": resolves at once; a child that cannot start backs off and is quarantined, alone.
   */
  start?: "wait" | "background";
  clock?: Clock;
  /** Random numbers in [0, 1), for the jitter of back-off. Default Math.random. */
  chance?: Chance;
  /** Limits of memory: see SystemMemory. */
  memory?: SystemMemory;
  /** What is kept of dead letters: see DeadLetterOptions. */
  deadLetters?: DeadLetterOptions;
  /** Where the state of durable actors lives: `files()`, `memory()` or `lmdb()` of holdfast/state. Default: nowhere. */
  store?: Store;
  /**
   * Gets what happens and what actors write, with `this.log` or to the console of their thread or process: any logger of pino's
   * shape. Default: none, and console output goes where it always goes. See docs/logs.md.
   */
  logger?: Logger;
  /**
   * Makes spans of OpenTelemetry for its messages; needs @opentelemetry/api. See docs/observability.md and TraceOptions.
   * Default false.
   */
  trace?: boolean | TraceOptions;
  /** Clone values to inline actors, as a thread would. Default false: they are passed by reference. */
  cloneInline?: boolean;
}

const systemKeys: KeysOf<SystemOptions> = {
  name: true,
  start: true,
  clock: true,
  chance: true,
  cloneInline: true,
  memory: true,
  deadLetters: true,
  store: true,
  logger: true,
  trace: true,
};

/**
 * Starts a tree of actors under a root supervisor.
 * @throws HoldfastError InvalidSpec naming the option or spec field; StartFailed with the cause, after everything started was stopped again
 * @example
 * const app = await system(supervisor({}, { digits: thread<Digits>(url, { model }) }));
 * await app.refs.digits.ask.classify(pixels);
 */
export async function system<C extends Children>(
  tree: SupervisorSpec<C>,
  options: SystemOptions = {},
): Promise<App<RefsOf<C>>> {
  checkTree(tree);
  checkOptions(options);
  const { store } = options;
  const [{ RunningSystem }, root, make, tracing] = await Promise.all([
    import("./running-system.js"),
    tree.load(),
    makeStoreOf(store),
    openTracing(options.trace, options.clock, options.chance),
  ]);
  const running = new RunningSystem(root, options, {}, make, tracing);
  const started = running.start(options.start === "background");
  if (options.start !== "background") await started;
  return running as unknown as App<RefsOf<C>>;
}

function checkTree(tree: unknown): void {
  if ((tree as { kind?: unknown } | undefined | null)?.kind === "supervisor") return;
  throw new HoldfastError(
    "InvalidSpec",
    `system() got ${shown(tree)}: give it a tree, such as system(supervisor({}, { name: thread(url) }))`,
    { details: { field: "tree" } },
  );
}

function checkOptions(options: SystemOptions): void {
  onlyKnownKeys(options, systemKeys, "system()");
  const { name = "app", start = "wait" } = options;
  if (typeof name !== "string" || !/^[\w.-]+$/.test(name)) {
    throw new HoldfastError(
      "InvalidSpec",
      `name is ${shown(name)}: it is the first part of every path, so use letters, digits, "_", "-" and "."`,
      { details: { field: "name" } },
    );
  }
  checkStore(options.store);
  checkLogger(options.logger, "logger");
  checkTrace(options.trace);
  refuseOther(options.clock, "clock", ["now", "wallTime", "after"]);
  if (options.chance !== undefined && typeof options.chance !== "function") {
    const text = `chance is ${shown(options.chance)}: give a function that returns numbers in [0, 1)`;
    throw new HoldfastError("InvalidSpec", text, { details: { field: "chance" } });
  }
  if (options.memory !== undefined) {
    const { rssMb, sharedMb, mailMb } = options.memory;
    onlyKnownKeys(
      options.memory,
      { rssMb: true, sharedMb: true, mailMb: true } satisfies KeysOf<SystemMemory>,
      "memory",
    );
    positive(rssMb, "memory.rssMb");
    positive(mailMb, "memory.mailMb");
    if (sharedMb !== 0) positive(sharedMb, "memory.sharedMb");
  }
  checkLetters(options.deadLetters);
  if (start !== "wait" && start !== "background") {
    throw new HoldfastError("InvalidSpec", `start is ${shown(start)}: give "wait" or "background"`, {
      details: { field: "start" },
    });
  }
}

/** @throws HoldfastError InvalidSpec for what lacks a function that will be called */
function refuseOther(value: unknown, field: string, methods: readonly string[]): void {
  if (value === undefined) return;
  const missing = methods.filter((name) => typeof (value as Record<string, unknown> | null)?.[name] !== "function");
  if (missing.length === 0) return;
  const text = `${field} is ${shown(value)} without ${missing.map((name) => `${name}()`).join(", ")}: give a Clock, or leave it out`;
  throw new HoldfastError("InvalidSpec", text, { details: { field } });
}
