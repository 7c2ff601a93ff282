import type { ActorFacts } from "../actor/methods.js";
import type { Notice } from "../actor/notice.js";
import { placeOf } from "../actor/place-of.js";
import { createRef, type KeyedRef, type Target } from "../actor/ref.js";
import { realClock } from "../clock.js";
import { DEFAULT_DRAIN } from "../defaults.js";
import { type Duration, milliseconds } from "../duration.js";
import { HoldfastError } from "../errors.js";
import { ForkProvider } from "../host/fork-host.js";
import type { HostProvider, Isolation } from "../host/host.js";
import { Hosts } from "../host/hosts.js";
import { InlineProvider } from "../host/inline-host.js";
import { ThreadProvider } from "../host/thread-host.js";
import { onlyKnownKeys, shown } from "../known-keys.js";
import { Deadlines } from "../mailbox/deadlines.js";
import type { ChildState } from "../supervision/life.js";
import { ActorUnit } from "./actor-unit.js";
import type { App } from "./app.js";
import type { SystemContext } from "./context.js";
import { DeathLog } from "./death-log.js";
import { EventFan } from "./events.js";
import { shapeOf } from "./evidence.js";
import { Lodgings } from "./lodgings.js";
import type { Supervisor } from "./supervisor.js";
import type { SystemOptions } from "./system.js";
import type { LoadedSpec, Unit } from "./unit.js";
import { Watches } from "./watches.js";

/** How often a stopping system looks whether its queues are empty. */
const DRAIN_LOOK_MS = 5;

/** A started tree: the app behind `system()`. */
export class RunningSystem implements App {
  readonly refs: Record<string, KeyedRef<unknown>>;
  readonly ended: Promise<Error | undefined>;
  readonly #context: SystemContext;
  readonly #root: Supervisor;
  readonly #name: string;
  #state: ChildState = "stopped";
  #reason: string | undefined;
  #started: Promise<void> = Promise.resolve();
  #end: (error?: Error) => void = () => {};
  #stopped: Promise<void> | undefined;
  #drainUntil = Number.POSITIVE_INFINITY;
  #hurried = false;

  /** @param providers stand-ins for the real hosts of a level: a simulation's, a fault injector's */
  constructor(root: LoadedSpec, options: SystemOptions, providers: Partial<Record<Isolation, HostProvider>> = {}) {
    const { name = "app", clock = realClock, chance = Math.random, cloneInline = false } = options;
    const events = new EventFan();
    const inlineProvider = new InlineProvider(cloneInline, clock);
    let actors = 0;
    this.#context = {
      clock,
      chance,
      events,
      hosts: new Hosts(clock, {
        inline: inlineProvider,
        thread: new ThreadProvider(),
        fork: new ForkProvider(),
        ...providers,
      }),
      inline: inlineProvider,
      deadlines: new Deadlines(clock),
      lodgings: new Lodgings(() => this.#context),
      deaths: new DeathLog(clock, events),
      watches: new Watches(events, (path, key) => {
        const unit = this.#find(this.#whole(path));
        return key === undefined ? unit : unit?.keyed?.(key);
      }),
      nextActor: () => ++actors,
      resolve: (path) => this.#find(this.#whole(path))?.target ?? nowhere(this.#context, this.#whole(path)),
    };
    this.#name = name;
    this.#root = root.create(this.#context, name, name) as Supervisor;
    this.refs = refsBelow(this.#root) as Record<string, KeyedRef<unknown>>;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  start(background: boolean): Promise<void> {
    this.#state = "starting";
    const lives = () => this.#state !== "stopped";
    this.#root.keeper = {
      unitUp() {},
      get lives() {
        return lives();
      },
      unitDied: ({ error, normal, decided }) => {
        // Nobody is above the root.
        decided("stop");
        void this.#over(error, normal);
      },
    };
    this.#started = this.#root.start(background ? "background" : "rollback").then(
      () => {
        if (this.#state === "starting") this.#state = "running";
      },
      async (error: Error) => {
        await this.#over(error, false);
        throw error;
      },
    );
    this.#started.catch(() => {});
    return this.#started;
  }

  ref(path: string): KeyedRef<unknown> | undefined {
    const unit = this.#find(this.#whole(path));
    return unit && createRef(unit.target);
  }

  facts(path: string): ActorFacts | undefined {
    const unit = this.#find(this.#whole(path));
    return unit && factsOf(unit);
  }

  tree() {
    return this.#root.tree({ state: this.#state, reason: this.#reason, restarts: 0 });
  }

  kill(path: string, { key, by = "app.kill()" }: { key?: string; by?: string } = {}): boolean {
    return this.#unit(path).kill(by, key);
  }

  async restart(path: string): Promise<void> {
    const { name } = this.#unit(path);
    const whole = this.#whole(path);
    const above = this.#find(whole.slice(0, whole.lastIndexOf("/")));
    if (!above?.restart)
      throw new HoldfastError("InvalidSpec", `"${path}" is the root: stop the app and start another`);
    await above.restart(name);
  }

  async release(path: string, key: string): Promise<void> {
    await this.#unit(path).release?.(key);
  }

  reports() {
    return this.#context.deaths.reports();
  }

  watch(target: { readonly path: string } | string, listener: (notice: Notice) => void): () => void {
    const { path, key } = placeOf(target);
    if (typeof listener === "function") return this.#context.watches.watch(this.#whole(path), key, listener);
    throw noListener(listener, "app.watch(ref, (notice) => …)");
  }

  subscribe(listener: Parameters<App["subscribe"]>[0]): () => void {
    if (typeof listener === "function") return this.#context.events.subscribe(listener);
    throw noListener(listener, "app.subscribe((event) => …)");
  }

  ready(): Promise<void> {
    return this.#started;
  }

  async stop(options: { drain?: Duration } = {}): Promise<void> {
    onlyKnownKeys(options, { drain: true }, "stop()");
    const drainMs = milliseconds(options.drain ?? DEFAULT_DRAIN, "drain");
    this.#drainUntil = Math.min(this.#drainUntil, this.#context.clock.now() + drainMs);
    if (this.#stopped && drainMs === 0) this.#hurry();
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Close the doors, finish what is queued, stop in reverse, fail what is left, end the hosts. */
  async #stop(): Promise<void> {
    if (this.#state !== "stopped") {
      this.#state = "draining";
      this.#root.drain();
      while (this.#root.pending() > 0 && this.#context.clock.now() < this.#drainUntil) await this.#pause(DRAIN_LOOK_MS);
      this.#state = "stopping";
      const stopping = this.#root.stop("unlimited");
      if (this.#hurried) this.#hurry();
      await stopping;
    }
    await this.#close(new HoldfastError("ActorStopped", `${this.#name} was stopped before this message was finished`));
    this.#end();
  }

  /** What still executes is ended by force instead of waited for. */
  #hurry(): void {
    this.#hurried = true;
    if (this.#state === "stopping") this.#root.kill("a second stop()", undefined);
  }

  /** The root ended by itself: it gave up, could not start, or its significant children have ended (a clean end). */
  async #over(error: Error, clean: boolean): Promise<void> {
    this.#reason = error.message;
    const code = clean ? "ActorStopped" : "GaveUp";
    await this.#close(new HoldfastError(code, `${this.#name} has ended: ${error.message}`, { cause: error }));
    this.#end(clean ? undefined : error);
  }

  async #close(error: HoldfastError): Promise<void> {
    this.#root.dispose(error);
    this.#state = "stopped";
    this.#context.watches.ended(this.#root, "stopped");
    this.#context.watches.close();
    this.#context.deadlines.close();
    await this.#context.hosts.close();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#context.clock.after(ms, resolve));
  }

  #unit(path: string): Unit {
    const unit = this.#find(this.#whole(path));
    if (!unit) throw new HoldfastError("InvalidSpec", `there is nothing at "${path}": app.tree() shows what there is`);
    return unit;
  }

  /** Paths may leave the root's name out. */
  #whole(path: string): string {
    return path === this.#name || path.startsWith(`${this.#name}/`) ? path : `${this.#name}/${path}`;
  }

  #find(path: string): Unit | undefined {
    const [root, ...names] = path.split("/");
    let unit: Unit | undefined = root === this.#name ? this.#root : undefined;
    for (const name of names) unit = unit?.child(name);
    return unit;
  }
}

function noListener(listener: unknown, fix: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `the listener is ${shown(listener)}: give a function: ${fix}`, {
    details: { field: "listener" },
  });
}

/** Refs by name; below a nested supervisor, its children's. */
function refsBelow(supervisor: Supervisor): Record<string, unknown> {
  const refs: Record<string, unknown> = {};
  for (const unit of supervisor.units()) {
    refs[unit.name] = "units" in unit ? refsBelow(unit as Supervisor) : createRef(unit.target);
  }
  return refs;
}

/** Its own, else those of the first below it that has some: the members of a pool and the cells of a group are alike. */
function factsOf(unit: Unit): ActorFacts | undefined {
  if (unit instanceof ActorUnit) return unit.handle.cell?.facts;
  if ("facts" in unit) return unit.facts as ActorFacts | undefined;
  if ("units" in unit) return undefined;
  for (const { name } of unit.tree({ state: "running", reason: undefined, restarts: 0 }).children ?? []) {
    const below = unit.child(name);
    const facts = below && factsOf(below);
    if (facts) return facts;
  }
  return undefined;
}

function nowhere(context: SystemContext, path: string): Target {
  return {
    path,
    ask: () => Promise.reject(new HoldfastError("ActorStopped", `there is no actor at ${path}`, { retryable: false })),
    tell(method, args, { key, sender = "app" }) {
      const letter = { path, key, incarnation: 0, sender, method, reason: "ActorStopped", shape: shapeOf(args) };
      context.deaths.deadLetter(letter);
      return false;
    },
  };
}
