import type { ActorFacts } from "../../../src/actor/methods.js";
import { onAbort } from "../../../src/actor/on-abort.js";
import { type CallOptions, createRef, type KeyedRef, type Target } from "../../../src/actor/ref.js";
import { milliseconds } from "../../../src/duration.js";
import { HoldfastError } from "../../../src/errors.js";
import type { App } from "../../../src/system/app.js";
import type { DeathReport } from "../../../src/system/death/report.js";
import { EventFan, type SystemEvent } from "../../../src/system/events.js";
import type { SystemStats } from "../../../src/system/stats.js";
import type { TreeNode } from "../../../src/system/tree.js";
import { tensorsOf } from "../../../src/transport/lease.js";

export type Handler = (this: { signal: AbortSignal; key: string | undefined }, ...args: never[]) => unknown;
type Handlers = Record<string, Handler>;

/** A system of plain functions: deadlines, cancellation and order per key are those of real actors. */
export interface FakeApp extends App {
  readonly calls: { path: string; method: string; args: unknown[]; options: CallOptions }[];
  readonly released: string[];
  readonly killed: { path: string; options: unknown }[];
  readonly resized: { path: string; to: number | "auto" }[];
  readonly nodes: Map<string, TreeNode>;
  /** What `facts()` says; empty at first, as before a first start. */
  readonly known: Map<string, ActorFacts>;
  readonly recorded: DeathReport[];
  /** What `stats()` says; a test writes it. */
  counted: SystemStats;
  /** Holders of `measure()`. */
  measured: number;
  emit(event: SystemEvent): void;
}

/**
 * @param actors by name: handlers, or a function that makes them for each key (a keyed group)
 */
export function fakeApp(actors: Record<string, Handlers | ((key: string) => Handlers)>): FakeApp {
  const fan = new EventFan();
  const calls: FakeApp["calls"] = [];
  const released: string[] = [];
  const killed: FakeApp["killed"] = [];
  const resized: FakeApp["resized"] = [];
  const recorded: DeathReport[] = [];
  const nodes = new Map<string, TreeNode>();
  const known: FakeApp["known"] = new Map();
  const refs: Record<string, KeyedRef<unknown>> = {};
  const keyed = new Map<string, { handlers: Handlers; tail: Promise<unknown> }>();

  for (const [path, what] of Object.entries(actors)) {
    const kind = typeof what === "function" ? "keyed" : "actor";
    nodes.set(path, { path: `app/${path}`, name: path, kind, state: "running", restarts: 0 });
    const target: Target = {
      path,
      ask(method, args, options) {
        calls.push({ path, method, args, options });
        return settled(method, options, (signal) => {
          const { key } = options;
          if (typeof what !== "function") return run(what, method, args, { signal, key });
          const actor = keyed.get(`${path}/${key}`) ?? { handlers: what(key!), tail: Promise.resolve() };
          keyed.set(`${path}/${key}`, actor);
          const outcome = actor.tail.then(() => run(actor.handlers, method, args, { signal, key }));
          actor.tail = outcome.catch(() => {});
          return outcome;
        });
      },
      tell(method, args, options) {
        calls.push({ path, method, args, options });
        if (typeof what === "function") return false;
        void Promise.resolve(run(what, method, args, { signal: new AbortController().signal, key: options.key })).catch(
          () => {},
        );
        return true;
      },
    };
    refs[path] = createRef(target);
  }

  const fake: FakeApp = {
    counted: { uptimeMs: 0, deadLetters: {}, reports: 0, units: [] },
    measured: 0,
    stats: () => fake.counted,
    measure() {
      fake.measured++;
      return () => {
        fake.measured--;
      };
    },
    refs,
    calls,
    released,
    killed,
    resized,
    nodes,
    known,
    recorded,
    emit: (event) => fan.emit(event),
    ref: (path) => refs[path],
    facts: (path) => known.get(path),
    tree: () => ({
      path: "app",
      name: "app",
      kind: "supervisor",
      state: "running",
      restarts: 0,
      children: [...nodes.values()],
    }),
    add: () => Promise.reject(new Error("the fake app has no supervisors")),
    terminate: async () => {},
    remove: async () => {},
    children: () => [],
    child: () => undefined,
    count: () => ({ specs: 0, active: 0, supervisors: 0, workers: 0 }),
    restart: async () => {},
    resize: async (path, to) => {
      resized.push({ path, to });
    },
    deadLetters: {
      list: () => [],
      get: () => undefined,
      retry: () => Promise.reject(new Error("the fake app has no dead letters")),
      retryAll: async () => ({ succeeded: 0, failed: 0, refused: 0 }),
      discard: () => false,
      discardAll: () => 0,
      size: 0,
      payloadBytes: 0,
    },
    drain: async () => true,
    resume: () => true,
    hang: () => true,
    kill(path, options) {
      killed.push({ path, options });
      return nodes.has(path);
    },
    async forget() {},
    async release(path, key) {
      released.push(`${path}/${key}`);
      keyed.delete(`${path}/${key}`);
    },
    reports: () => recorded,
    audits: () => [],
    watch: () => () => {},
    subscribe: (listener) => fan.subscribe(listener),
    tensor: tensorsOf(undefined),
    ready: async () => {},
    ended: new Promise(() => {}),
    stop: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
  return fake;
}

function run(
  handlers: Handlers,
  method: string,
  args: unknown[],
  self: { signal: AbortSignal; key: string | undefined },
): unknown {
  const handler = handlers[method];
  if (!handler) throw new HoldfastError("UnknownMethod", `no method ${method}`);
  return handler.apply(self, args as never[]);
}

/** Ends with the value, at the deadline, or when the caller gives up; whichever is first. */
function settled(method: string, options: CallOptions, act: (signal: AbortSignal) => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ms = milliseconds(options.timeout ?? "30s", "timeout");
    const timer = setTimeout(
      () => reject(new HoldfastError("Timeout", `${method} had ${ms} ms`)),
      Math.min(ms, 2 ** 31 - 1),
    );
    const abort = () => reject(new HoldfastError("Cancelled", `${method} was cancelled`));
    // As the runtime does it: hundreds of calls of one connection share its signal.
    const forget = options.signal && onAbort(options.signal, abort);
    Promise.resolve()
      .then(() => act(options.signal ?? new AbortController().signal))
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
        forget?.();
      });
  });
}
