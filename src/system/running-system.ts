import type { ActorFacts } from "../actor/methods.js";
import type { Notice } from "../actor/notice.js";
import { placeOf } from "../actor/place-of.js";
import { createRef, type KeyedRef } from "../actor/ref.js";
import type { MakeTensor } from "../actor/tensor-lease.js";
import { DEFAULT_DRAIN, DRAIN_LOOK_MS } from "../defaults.js";
import { type Duration, milliseconds } from "../duration.js";
import { HoldfastError, isHoldfastError } from "../errors.js";
import { onlyKnownKeys } from "../known-keys.js";
import type { ChildState } from "../supervision/life.js";
import type { StartMode } from "../supervision/state.js";
import { tensorsOf } from "../transport/lease.js";
import type { Slab } from "../transport/slab.js";
import type { App } from "./app.js";
import { hasAudit } from "./audit.js";
import type { SystemContext } from "./context.js";
import type { MakeStore } from "./durable/make-store.js";
import { hasStore } from "./durable/store-of.js";
import type { SystemStore } from "./durable/system-store.js";
import { factsOf } from "./facts-of.js";
import type { DeadLetters } from "./letters/dead-letters.js";
import { LetterBox } from "./letters/letter-box.js";
import { hasLevers } from "./levers.js";
import { newContext, type Providers } from "./new-context.js";
import { noListener } from "./no-listener.js";
import { OperatedTree } from "./operated-tree.js";
import type { SystemStats, UnitStats } from "./stats.js";
import type { Supervisor } from "./supervisor/supervisor.js";
import type { SystemOptions } from "./system.js";
import { tellOfTheEnd } from "./tell-of-the-end.js";
import type { Tracing } from "./trace/tracing.js";
import { hasTracing } from "./trace/tracing-of.js";
import { TreePaths } from "./tree-paths.js";
import { type LoadedSpec, noKeeper } from "./unit.js";

/** A started tree: the app behind `system()`. */
export class RunningSystem extends OperatedTree implements App {
  readonly refs: Record<string, KeyedRef<unknown>>;
  /** Through which large arrays go to threads, and in which leased tensors are. */
  readonly slab: Slab;
  readonly tensors: Slab;
  readonly tensor: MakeTensor;
  readonly deadLetters: DeadLetters;
  readonly #ended: Promise<Error | undefined>;
  /** Somebody has asked for `ended`: the end is theirs to act on. */
  #heeded = false;
  readonly #context: SystemContext;
  readonly #root: Supervisor;
  readonly #paths: TreePaths;
  readonly #name: string;
  /** Monotonic ms. */
  readonly #began: number;
  #state: ChildState = "stopped";
  #reason: string | undefined;
  #started: Promise<void> = Promise.resolve();
  #end: (error?: Error) => void = () => {};
  #stopped: Promise<void> | undefined;
  #drainUntil = Number.POSITIVE_INFINITY;
  #hurried = false;

  /**
   * @param providers stand-ins for the real hosts of a level: a simulation's, a fault injector's
   * @param makeStore makes what durable actors are stored in
   * @param tracing   makes spans of its messages
   */
  constructor(
    root: LoadedSpec,
    options: SystemOptions,
    providers: Providers = {},
    makeStore?: MakeStore,
    tracing?: Tracing,
  ) {
    super();
    const { name = "app" } = options;
    const { context, slab, tensors } = newContext(options, providers, makeStore, () => this.#paths, tracing);
    this.#context = context;
    this.#began = context.clock.now();
    this.slab = slab;
    this.tensors = tensors;
    this.tensor = tensorsOf(tensors);
    this.#name = name;
    hasStore(this, context.store);
    hasTracing(this, tracing);
    hasAudit(this, context.audit);
    const { clock, events, memory, shedding } = context;
    const over = () => this.#state === "stopped";
    hasLevers(this, {
      clock,
      get over() {
        return over();
      },
      emit: (event) => events.emit(event),
      recycleLargest: (why, threadsOnly) => memory.recycleLargest(why, threadsOnly),
      shed: (by, level) => shedding.set(by, level),
    });
    const rules = root.rules(name, "server");
    this.#root = root.create(this.#context, { name, path: name, rules, preset: "server" }) as Supervisor;
    this.#paths = new TreePaths(this.#root);
    this.deadLetters = new LetterBox(context, this.#paths);
    this.refs = this.#root.ref() as Record<string, KeyedRef<unknown>>;
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  start(background: boolean): Promise<void> {
    this.#state = "starting";
    this.#root.keeper = {
      ...noKeeper,
      lives: () => this.#state !== "stopped",
      unitDied: (_name, { error, normal, decided }) => {
        // Nobody is above the root.
        decided("stop");
        if (!normal && !this.#heeded) tellOfTheEnd(this.#name, error);
        void this.#over(error, normal);
      },
    };
    const mode = background ? "background" : "rollback";
    const { store } = this.#context;
    this.#started = (store ? this.#startWith(store, mode) : this.#root.start(mode)).then(
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

  /** What is stored is there before anybody begins. */
  async #startWith(store: SystemStore, mode: StartMode): Promise<void> {
    await store.open();
    if (this.#state === "starting") return this.#root.start(mode);
    throw new HoldfastError("ActorStopped", `${this.#name} was stopped while it started`);
  }

  ref(path: string): KeyedRef<unknown> | undefined {
    const unit = this.#paths.find(path);
    return unit && createRef(unit.target);
  }

  facts(path: string): ActorFacts | undefined {
    const unit = this.#paths.find(path);
    return unit && factsOf(unit);
  }

  tree() {
    return this.#root.tree({ state: this.#state, reason: this.#reason, restarts: 0 });
  }

  stats(): SystemStats {
    const { clock, deaths } = this.#context;
    const units: UnitStats[] = [];
    this.#root.stats(units);
    const { letters, opened: reports } = deaths;
    return { uptimeMs: clock.now() - this.#began, deadLetters: { ...letters }, reports, units };
  }

  measure(): () => void {
    return this.#context.meter.hold();
  }

  reports() {
    return this.#context.deaths.reports();
  }

  audits() {
    return this.#context.audit.entries();
  }

  watch(target: { readonly path: string } | string, listener: (notice: Notice) => void): () => void {
    const { path, key } = placeOf(target, this.#context.identity);
    if (typeof listener === "function") return this.#context.watches.watch(this.#paths.whole(path), key, listener);
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
    // Nothing waits any more: this is for what comes from now on.
    if (this.#reason === undefined) this.#root.dispose(new HoldfastError("ActorStopped", this.#gone));
    this.#end();
  }

  get ended(): Promise<Error | undefined> {
    this.#heeded = true;
    return this.#ended;
  }

  protected get context(): SystemContext {
    return this.#context;
  }

  protected get paths(): TreePaths {
    return this.#paths;
  }

  protected get stopping(): boolean {
    return this.#state !== "starting" && this.#state !== "running";
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

  /** What a supervisor or the store refuses because it is down is for good once the app is: to try again would be no advice. */
  protected async unlessOver<T>(done: Promise<T>): Promise<T> {
    try {
      return await done;
    } catch (error) {
      const down = isHoldfastError(error) && (error.code === "Unavailable" || error.code === "StoreFailed");
      const over = down && this.#state === "stopped";
      throw over ? new HoldfastError("Unavailable", this.#gone, { cause: error, retryable: false }) : error;
    }
  }

  get #gone(): string {
    const why = this.#reason === undefined ? "" : ` (${this.#reason})`;
    return `${this.#name} has stopped${why}: start another with system()`;
  }

  async #close(error: HoldfastError): Promise<void> {
    this.#root.dispose(error);
    this.#state = "stopped";
    this.#context.watches.ended(this.#root, "stopped");
    this.#context.watches.close();
    this.#context.deadlines.close();
    this.#context.memory.close();
    await this.#context.hosts.close();
    await this.#context.store?.close();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#context.clock.after(ms, resolve));
  }
}
