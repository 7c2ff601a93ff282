import { seededChance } from "../clock.js";
import type { Duration } from "../duration.js";
import { HoldfastError } from "../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../known-keys.js";
import type { ChildState } from "../supervision/life.js";
import type { App } from "../system/app.js";
import type { Children, RefsOf, SupervisorSpec } from "../system/supervisor/supervisor-spec.js";
import { type SystemOptions, system } from "../system/system.js";
import type { TreeNode } from "../system/tree.js";
import type { Within } from "./expectations.js";
import { type Recording, recording } from "./recording.js";
import { refuseWalls } from "./refuse-walls.js";
import { quiet, settled } from "./settled.js";
import { until } from "./until.js";
import { advanceMs, VirtualClock } from "./virtual-clock.js";

/** Turns of the event loop that what is under way gets before time is moved on. */
const TURNS = 50;

export interface TestSystemOptions extends Pick<SystemOptions, "name" | "start"> {
  /** Of the system's chance: the same seed gives the same jitter. Default 1. */
  seed?: number;
  /**
   * "virtual" (default): time stands still until the test moves it; for trees of inline actors and probes. "real": for
   * trees with threads and processes, whose own time is real.
   */
  time?: "virtual" | "real";
}

/** A system under test. */
export interface TestSystem<Refs> {
  readonly app: App<Refs>;
  readonly refs: Refs;
  /** Time as the system sees it; undefined where it is real. */
  readonly clock: VirtualClock | undefined;
  /** All it told since it was up. */
  readonly record: Recording;
  /**
   * Moves time on, timer by timer; what a timer sets off (a restart, a message) has its turn before the next one.
   * @throws HoldfastError InvalidSpec where time is real
   */
  advance(by: Duration): Promise<void>;
  /** Moves time on until a promise settles: for what ends after a time that is not the test's subject. */
  runUntil<T>(promise: Promise<T>): Promise<T>;
  /** Resolves when nothing is under way. A back-off counts where time is real. */
  settled(options?: Within): Promise<void>;
  /** See `until()`. */
  until(path: string, wanted: ChildState | ((node: TreeNode) => boolean), options?: Within): Promise<TreeNode>;
  /** Stops the app without a drain, moving time as far as that takes. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const running = new Set<TestSystem<unknown>>();
const optionKeys: KeysOf<TestSystemOptions> = { seed: true, time: true, name: true, start: true };

/**
 * Starts a tree for a test: time that stands still, seeded chance, and values cloned to inline actors as a thread would.
 * Stop it with `await using`, `stop()`, or all of a test at once with `stopTestSystems()`.
 * @throws as `system()` does
 * @example
 * const test = await testSystem(supervisor({}, { counter: inline(Counter, { from: 1 }) }));
 * await test.refs.counter.ask.add(2); // 3
 * await test.advance(60_000);
 * await test.stop();
 */
export async function testSystem<C extends Children>(
  tree: SupervisorSpec<C>,
  options: TestSystemOptions = {},
): Promise<TestSystem<RefsOf<C>>> {
  onlyKnownKeys(options, optionKeys, "testSystem()");
  const { seed = 1, time = "virtual", ...own } = options;
  if (!Number.isFinite(seed)) throw invalid("seed", seed, "a number");
  if (time !== "virtual" && time !== "real") throw invalid("time", time, '"virtual" or "real"');
  if (time === "virtual") refuseWalls(tree, options.name ?? "app");
  const clock = time === "virtual" ? new VirtualClock() : undefined;
  const given = { ...own, chance: seededChance(seed), cloneInline: true, ...(clock ? { clock } : {}) };
  const starting = system(tree, given);
  const test = new SystemUnderTest(await (clock ? runUntil(clock, undefined, starting) : starting), clock);
  running.add(test as TestSystem<unknown>);
  return test;
}

/**
 * Stops every test system that still runs: for `afterEach`.
 * @example afterEach(stopTestSystems);
 */
export async function stopTestSystems(): Promise<void> {
  await Promise.all([...running].map((test) => test.stop()));
}

class SystemUnderTest<Refs> implements TestSystem<Refs> {
  readonly app: App<Refs>;
  readonly clock: VirtualClock | undefined;
  readonly record: Recording;

  constructor(app: App<Refs>, clock: VirtualClock | undefined) {
    this.app = app;
    this.clock = clock;
    this.record = recording(app);
  }

  get refs(): Refs {
    return this.app.refs;
  }

  async advance(by: Duration): Promise<void> {
    const clock = this.#virtual("advance()");
    const end = clock.now() + advanceMs(by);
    await rest(this.app);
    while (clock.nextAt !== undefined && clock.nextAt <= end) {
      await clock.advance(Math.max(0, clock.nextAt - clock.now()));
      await rest(this.app);
    }
    await clock.advance(end - clock.now());
    await rest(this.app);
  }

  runUntil<T>(promise: Promise<T>): Promise<T> {
    return runUntil(this.#virtual("runUntil()"), this.app, promise);
  }

  settled(options: Within = {}): Promise<void> {
    return settled(this.app, { ...options, backOff: this.clock ? "settled" : "pending" });
  }

  until(path: string, wanted: ChildState | ((node: TreeNode) => boolean), options?: Within): Promise<TreeNode> {
    return until(this.app, path, wanted, options);
  }

  async stop(): Promise<void> {
    running.delete(this as TestSystem<unknown>);
    const stopped = this.app.stop({ drain: 0 });
    await (this.clock ? runUntil(this.clock, this.app, stopped) : stopped);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #virtual(what: string): VirtualClock {
    if (this.clock) return this.clock;
    throw new HoldfastError("InvalidSpec", `${what} moves virtual time, and this system's is real: leave "time" out`);
  }
}

/** What is under way ends, or has had its turns. */
async function rest(app: Pick<App, "tree"> | undefined): Promise<void> {
  for (let turns = 0; turns < TURNS; turns++) {
    if (!app) await new Promise((resolve) => setImmediate(resolve));
    else if (await quiet(app, { backOff: "settled" })) return;
  }
}

async function runUntil<T>(clock: VirtualClock, app: Pick<App, "tree"> | undefined, promise: Promise<T>): Promise<T> {
  let open = true;
  const close = () => {
    open = false;
  };
  promise.then(close, close);
  for (await turn(); open; await turn()) {
    await rest(app);
    if (open && clock.nextAt !== undefined) await clock.advance(Math.max(0, clock.nextAt - clock.now()));
  }
  return promise;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function invalid(field: string, value: unknown, fix: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `${field} is ${shown(value)}: give ${fix}`, { details: { field } });
}
