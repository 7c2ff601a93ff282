import { pathToFileURL } from "node:url";
import type { Actor, ActorClass, PropsOf } from "../actor/actor.js";
import type { Ref } from "../actor/ref.js";
import type { Duration } from "../duration.js";
import { HoldfastError } from "../errors.js";
import { isActorClass } from "../host/find-class.js";
import type { Isolation } from "../host/host.js";
import { shown } from "../known-keys.js";
import type { Overflow } from "../mailbox/mailbox.js";
import type { ChildOptions } from "../supervision/spec.js";
import type { LoadedActor } from "./actor/loaded-actor.js";
import type { DurableOptions } from "./durable/durable-options.js";
import type { ChildSpec } from "./unit.js";

/** Bounds of a mailbox. */
export interface MailboxOptions {
  /** Default 1000. */
  messages?: number;
  /** Default 64 MiB. */
  bytes?: number;
  /** What happens to a message that finds it full. Default "refuse": MailboxFull, retry safe. */
  overflow?: Overflow;
}

/** Soft limits of one thread or process. What counts is what its last beat told, garbage not collected yet included. */
export interface MemoryOptions {
  /** Of V8's heap, MB; below `heapMb` where that is given. */
  heapMb?: number;
  /** Held outside that heap, MB: ArrayBuffers above all, which `heapMb` does not count. */
  externalMb?: number;
}

/** Options of one actor, on top of its supervision. */
export interface ActorOptions extends ChildOptions {
  mailbox?: MailboxOptions;
  /** Which export of the module, where it has several Actor subclasses. */
  export?: string;
  /** V8 heap limit of its host, MB. Contains most heap exhaustion, not ArrayBuffers (see the containment matrix). */
  heapMb?: number;
  /**
   * Soft limits of its thread or process, MB: over one it finishes what it executes and is started anew, its mail waiting,
   * before it comes to the wall. See docs/memory.md for what they can see.
   */
  memory?: MemoryOptions;
  /**
   * What waits for its next death. "empty" (default): a host of 8-11 MB shared by all such actors; "loaded": one with
   * the module and load() done, which costs as much memory as the actor itself and restarts in milliseconds; "none".
   */
  spare?: "none" | "empty" | "loaded";
  /**
   * What stands by for the death of its thread or process. "cold": nothing (`spare: "none"`); "warm": a host with the module
   * and load() done (`spare: "loaded"`); "hot": a replica in another host, which follows its state and takes its place. One
   * that throws is rebuilt where it is, as ever. Not inline, nor with `cell` or `exclusive`. Default: as `spare` says. See
   * docs/standby.md.
   */
  standby?: "cold" | "warm" | "hot";
  /** Messages handed to the host ahead of execution. Default 64. Never fewer than `static concurrency`. */
  window?: number;
  /**
   * How long handlers of a crashed incarnation may still run beside the one that took its place (`static concurrency`, or a
   * timer that threw meanwhile), or in a cell that lives on, of one that was ended with no time to stop (`shutdown: "brutal"`):
   * their signal has fired, and nothing they do is heard. Then their thread or process is replaced; inline, where nobody can
   * end them, an event tells. Default 1 s; `Infinity` only when written.
   */
  grace?: Duration;
  /** Children that it may spawn and that are there at once. Default 1000. */
  maxChildren?: number;
  /**
   * Never two at once: the next incarnation waits until the thread or process of the last has really left, also when that
   * one is abandoned in native code, or was removed and another took its name; rebuilt in its place it waits for what still runs of the last. For what only one may hold: a device, a port, a file. Its `startTimeout` begins
   * after the wait. In a keyed group it holds for the cells. Default false: what will not die is fenced and replaced.
   */
  exclusive?: boolean;
  /**
   * A name: actors of the same module and isolation with the same one live in one thread or process, for what is too light for
   * its own. What ends that ends all of them, in one report; a handler that throws costs its own actor alone. They share what
   * `static load` makes, and are given the same props where there is one. Default: a thread or process of its own.
   */
  cell?: string;
  /** A replayable actor: take a snapshot with every nth message. Default 1. */
  snapshotEvery?: number;
  /**
   * Its state survives the process: each outcome is held until what the message changed is in the system's `store`, and the
   * actor begins with what is stored there. Its class needs snapshot() and restore(). See docs/durability.md. Default false.
   */
  durable?: boolean | DurableOptions;
}

type PropsArgument<A> =
  undefined extends PropsOf<A>
    ? [props?: PropsOf<A>, options?: ActorOptions]
    : [props: PropsOf<A>, options?: ActorOptions];

/** A forgotten type argument makes the url parameter say what to write. */
type Url<A> = [A] extends [never]
  ? "write thread<YourActor>(url) or fork<YourActor>(url): the type says what its ref can do"
  : URL | string;

/** How one actor is to be run: what `inline()`, `thread()` and `fork()` return. Pools and keyed groups take it too. */
export interface ActorSpec<A = unknown> extends ChildSpec<Ref<A>> {
  readonly kind: "actor";
  readonly isolation: Isolation;
  /** The module's URL, or the class of an inline actor. */
  readonly runs: string | ActorClass;
  readonly props: unknown;
  readonly options: ActorOptions;
  load(): Promise<LoadedActor>;
}

/**
 * Runs the actor in the parent's own thread: for tests, and for light actors that need no wall. Those of one class share
 * a cell, and so what `static load` made where they are given the very same props object; each is still rebuilt, killed
 * and found to hang alone. An idle one costs about 0.5 kB. `exclusive` ones, and members of a pool, have a cell each.
 * @example inline(Counter, { from: 1 })
 */
export function inline<A extends Actor<unknown, unknown>>(
  actorClass: new () => A,
  ...rest: PropsArgument<A>
): ActorSpec<A> {
  const [props, options = {}] = rest;
  if (typeof actorClass !== "function") {
    throw new HoldfastError(
      "InvalidSpec",
      `inline() got ${shown(actorClass)}: give the actor's class, inline(YourActor, props), or thread(url) to load a module`,
      { details: { field: "actorClass" } },
    );
  }
  if (!isActorClass(actorClass)) {
    throw new HoldfastError(
      "InvalidSpec",
      `inline() got ${shown(actorClass)}, which does not extend Actor: write "class ${(actorClass as { name: string }).name || "Name"} extends Actor"`,
      { details: { field: "actorClass" } },
    );
  }
  return spec<A>("inline", actorClass as unknown as ActorClass, props, options);
}

/**
 * Runs the actor in a worker thread: contains throws, exits, endless loops and WASM traps.
 * @param url of the module, usually `new URL("./digits.js", import.meta.url)`
 * @example thread<Digits>(new URL("./digits.js", import.meta.url), { model: "mnist.onnx" })
 */
export function thread<A extends Actor<unknown, unknown> = never>(
  url: Url<A>,
  ...rest: PropsArgument<A>
): ActorSpec<A> {
  const [props, options = {}] = rest;
  return spec<A>("thread", moduleUrl(url, "thread"), props, options);
}

/**
 * Runs the actor in a child process: contains native crashes, off-heap memory and everything else too.
 * @example fork<Digits>(new URL("./digits.js", import.meta.url), { model: "mnist.onnx" })
 */
export function fork<A extends Actor<unknown, unknown> = never>(url: Url<A>, ...rest: PropsArgument<A>): ActorSpec<A> {
  const [props, options = {}] = rest;
  return spec<A>("fork", moduleUrl(url, "fork"), props, options);
}

/** Kept: to ask for a module that is there costs more than to make an actor. */
let loader: Promise<typeof import("./actor/loaded-actor.js")> | undefined;

function spec<A>(isolation: Isolation, runs: string | ActorClass, props: unknown, options: ActorOptions): ActorSpec<A> {
  return {
    kind: "actor",
    isolation,
    runs,
    props,
    options,
    async load() {
      loader ??= import("./actor/loaded-actor.js");
      const { loadActor } = await loader;
      return loadActor(this);
    },
  };
}

/** What pools and keyed groups are made of: one actor spec. @throws InvalidSpec saying what to write */
export function checkMember(
  member: unknown,
  call: "pool" | "broadcast" | "firstCompleted" | "majority" | "parity" | "keyed" | "dynamic",
): void {
  const { kind, load, options } = (member ?? {}) as Partial<ActorSpec>;
  if (kind === "actor" && typeof load === "function") {
    if (options?.cell === undefined || call === "dynamic") return;
    const fix = call === "keyed" ? "say how many with its own option cells" : "each of its members has its own";
    const text = `${call}() got an actor with the cell ${shown(options.cell)}: leave it out, ${fix}`;
    throw new HoldfastError("InvalidSpec", text, { details: { field: `${call}.cell` } });
  }
  throw new HoldfastError(
    "InvalidSpec",
    `${call}() got ${shown(member)}: give it one actor spec, such as ${call}(thread(url))`,
    { details: { field: call } },
  );
}

/** A module's URL from a URL, a URL as text, or an absolute path. */
export function moduleUrl(url: unknown, call: Isolation | "machine"): string {
  if (url instanceof URL) return url.href;
  if (typeof url !== "string") {
    throw new HoldfastError(
      "InvalidSpec",
      `${call}() got ${shown(url)}: give the URL of the module that exports ${call === "machine" ? "the machine, or the machine itself" : "the actor"}, new URL("./actor.js", import.meta.url)${typeof url === "function" ? ", or run the class itself with inline()" : ""}`,
      { details: { field: "url" } },
    );
  }
  if (/^(file|data|node):/.test(url)) return url;
  if (url.startsWith("/") || /^[A-Za-z]:[\\/]/.test(url)) return pathToFileURL(url).href;
  throw new HoldfastError(
    "InvalidSpec",
    `url is ${JSON.stringify(url)}: give new URL("./actor.js", import.meta.url), since a relative path is relative to nobody`,
    { details: { field: "url" } },
  );
}
