import { pathToFileURL } from "node:url";
import type { Actor, ActorClass } from "../actor/actor.js";
import type { Ref } from "../actor/ref.js";
import { DEFAULT_MAILBOX_BYTES, DEFAULT_MAILBOX_MESSAGES, DEFAULT_WINDOW } from "../defaults.js";
import { HoldfastError } from "../errors.js";
import type { CellSpec } from "../host/booting.js";
import type { Isolation } from "../host/host.js";
import type { MailboxLimits, Overflow } from "../mailbox/mailbox.js";
import { type ChildOptions, type ChildRules, childRules } from "../supervision/spec.js";
import { pack } from "../transport/values.js";
import type { SystemContext } from "./context.js";
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

/** Options of one actor, on top of its supervision. */
export interface ActorOptions extends ChildOptions {
  mailbox?: MailboxOptions;
  /** Which export of the module, where it has several Actor subclasses. */
  export?: string;
  /** V8 heap limit of its host, MB. Contains most heap exhaustion, not ArrayBuffers (see the containment matrix). */
  heapMb?: number;
  /**
   * What waits for its next death. "empty" (default): a host of 8-11 MB shared by all such actors; "loaded": one with
   * the module and load() done, which costs as much memory as the actor itself and restarts in milliseconds; "none".
   */
  spare?: "none" | "empty" | "loaded";
  /** Messages handed to the host ahead of execution. Default 32. */
  window?: number;
  /** A replayable actor: take a snapshot with every nth message. Default 1. */
  snapshotEvery?: number;
}

export type PropsOf<A> = A extends Actor<infer P, infer _S> ? P : never;

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
  readonly options: ActorOptions;
  cell(context: SystemContext, path: string): CellSpec;
}

/**
 * Runs the actor in the parent's own thread: for tests, and for light actors that need no wall.
 * @example inline(Counter, { from: 1 })
 */
export function inline<A extends Actor<unknown, unknown>>(
  actorClass: new () => A,
  ...rest: PropsArgument<A>
): ActorSpec<A> {
  const [props, options = {}] = rest;
  return spec<A>("inline", (context) => context.inline.register(actorClass as unknown as ActorClass), props, options);
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
  const module = moduleUrl(url as URL | string);
  return spec<A>("thread", () => module, props, options);
}

/**
 * Runs the actor in a child process: contains native crashes, off-heap memory and everything else too.
 * @example fork<Digits>(new URL("./digits.js", import.meta.url), { model: "mnist.onnx" })
 */
export function fork<A extends Actor<unknown, unknown> = never>(url: Url<A>, ...rest: PropsArgument<A>): ActorSpec<A> {
  const [props, options = {}] = rest;
  const module = moduleUrl(url as URL | string);
  return spec<A>("fork", () => module, props, options);
}

function spec<A>(
  isolation: Isolation,
  module: (context: SystemContext) => string,
  props: unknown,
  options: ActorOptions,
): ActorSpec<A> {
  const packed = pack(props, "props");
  const cell = (context: SystemContext, path: string): CellSpec => ({
    isolation,
    module: module(context),
    exportName: options.export,
    props: packed,
    heapMb: options.heapMb,
    spare: options.spare ?? "empty",
    path,
  });
  return {
    kind: "actor",
    isolation,
    options,
    rules: (id, field) => actorRules(id, options, field),
    cell,
    async load() {
      const [{ ActorUnit }, { Mailbox }] = await Promise.all([
        import("./actor-unit.js"),
        import("../mailbox/mailbox.js"),
      ]);
      return (context, name, path) => {
        const mailbox = new Mailbox(path, mailboxLimits(options.mailbox, `${path}.mailbox`));
        const { window = DEFAULT_WINDOW, snapshotEvery = 1 } = options;
        const rules = actorRules(name, options, path);
        const own = { cell: cell(context, path), rules, mailbox, sharedMailbox: false, window, snapshotEvery };
        return new ActorUnit(context, name, path, own);
      };
    },
  };
}

function actorRules(id: string, options: ActorOptions, field: string): ChildRules {
  positiveInteger(options.window, `${field}.window`);
  positiveInteger(options.snapshotEvery, `${field}.snapshotEvery`);
  positiveInteger(options.heapMb, `${field}.heapMb`);
  if (options.spare !== undefined && !["none", "empty", "loaded"].includes(options.spare)) {
    throw invalid(`${field}.spare`, options.spare, '"none", "empty" or "loaded"');
  }
  mailboxLimits(options.mailbox, `${field}.mailbox`);
  return childRules(id, options, field);
}

/** @throws HoldfastError InvalidSpec naming the field */
export function mailboxLimits(options: MailboxOptions = {}, field: string): MailboxLimits {
  const { messages = DEFAULT_MAILBOX_MESSAGES, bytes = DEFAULT_MAILBOX_BYTES, overflow = "refuse" } = options;
  positiveInteger(messages, `${field}.messages`);
  positiveInteger(bytes, `${field}.bytes`);
  if (!["refuse", "drop-oldest", "wait"].includes(overflow)) {
    throw invalid(`${field}.overflow`, overflow, '"refuse", "drop-oldest" or "wait"');
  }
  return { messages, bytes, overflow };
}

export function positiveInteger(value: number | undefined, field: string): void {
  if (value === undefined || (Number.isInteger(value) && value > 0)) return;
  throw invalid(field, value, "a whole number above 0");
}

function invalid(field: string, value: unknown, fix: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `${field} is ${JSON.stringify(value)}: give ${fix}`, { details: { field } });
}

/** A module's URL from a URL, a URL as text, or an absolute path. */
function moduleUrl(url: URL | string): string {
  if (url instanceof URL) return url.href;
  if (/^(file|data|node):/.test(url)) return url;
  if (url.startsWith("/") || /^[A-Za-z]:[\\/]/.test(url)) return pathToFileURL(url).href;
  throw invalid("url", url, 'new URL("./actor.js", import.meta.url): a relative path would be relative to nobody');
}
