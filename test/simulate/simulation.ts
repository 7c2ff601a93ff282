import { type Clock, seededChance } from "../../src/clock.js";
import { RunningSystem } from "../../src/system/running-system.js";
import type { SystemOptions } from "../../src/system/system.js";
import { actorClasses } from "./actors.js";
import { Bounds } from "./bounds.js";
import { Final } from "./final.js";
import type { Found } from "./ledger.js";
import { Outside } from "./outside.js";
import type { Scenario } from "./plan.js";
import { microtasks } from "./scheduler.js";
import { SimProvider } from "./sim-provider.js";
import { buildTree } from "./tree.js";
import { World, type WorldOptions } from "./world.js";

export type SimulationOptions = WorldOptions;

export interface Result {
  readonly seed: number;
  readonly steps: number;
  /** Of the whole trace: the same for every run of the same scenario. */
  readonly hash: string;
  /** What broke a law, if anything did; the run ended with that step. */
  readonly found: readonly Found[];
  /** The last lines of the trace. */
  readonly lines: readonly string[];
  /** How often what happened: a run in which nothing does proves nothing. */
  readonly counts: Readonly<Record<string, number>>;
}

/** More steps than any honest run takes: something runs in circles. */
const MOST_STEPS = 60_000;

/** One run of the whole runtime, decided by its scenario alone. */
export class Simulation {
  readonly #world: World;

  constructor(scenario: Scenario, options: SimulationOptions = {}) {
    this.#world = new World(scenario, options);
  }

  async run(): Promise<Result> {
    const world = this.#world;
    const { scheduler, scenario, ledger, hosts } = world;
    // What a handler arms for itself is not the system's to clear.
    const after: Clock["after"] = (ms, callback) => scheduler.after(ms, callback, { background: true });
    const own: Clock = { now: () => scheduler.now(), wallTime: () => scheduler.wallTime(), after };
    world.classes = actorClasses(world, { host: undefined, clock: own });
    const root = await buildTree(scenario.tree, world.classes).load();
    const options: SystemOptions = { clock: scheduler, chance: seededChance(scenario.seed + 1), cloneInline: true };
    const app = new RunningSystem(root, options, {
      thread: new SimProvider(world, "thread", hosts),
      fork: new SimProvider(world, "fork", hosts),
    });
    const outside = new Outside(world, app);
    const bounds = new Bounds(world, app);
    app.subscribe((event) => world.hears(event));
    for (const op of scenario.ops) {
      if (op.at > 0 && op.kind !== "stop") scheduler.at(scheduler.now() + op.at, "op", () => outside.perform(op));
    }
    let failed: Error | undefined;
    app.start(scenario.background).catch((error: Error) => {
      failed = error;
    });
    // What nobody awaits and nobody catches would end a real program.
    const stray = (error: unknown) => world.surprise("an error that nobody catches", error);
    process.on("unhandledRejection", stray).on("uncaughtException", stray);
    try {
      await new Final(world, app, outside.refs).run(
        (done, until) => this.#until(bounds, done, until),
        () => failed,
      );
      world.coroner.close();
    } catch (error) {
      if (ledger.found.length === 0) world.surprise("the run", error);
    } finally {
      process.off("unhandledRejection", stray).off("uncaughtException", stray);
    }
    const { seed } = scenario;
    const { trace, counts } = world;
    return { seed, steps: scheduler.steps, hash: trace.hash, found: ledger.found, lines: trace.last(), counts };
  }

  /** Steps until something is so, or a time has come. @throws when a law is broken */
  async #until(bounds: Bounds, done: () => boolean, until = Number.POSITIVE_INFINITY): Promise<boolean> {
    const { scheduler, judge, ledger } = this.#world;
    // What was called just now, outside any step, comes first.
    await microtasks();
    while (!done()) {
      if (!(await scheduler.step(until))) return done();
      judge.afterStep();
      bounds.afterStep();
      if (scheduler.steps > MOST_STEPS) ledger.find("6 everything is bounded", `${MOST_STEPS} steps and no end`);
      if (ledger.found.length > 0) throw new Error("a law is broken");
    }
    return true;
  }
}
