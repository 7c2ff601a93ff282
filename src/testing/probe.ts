import { AssertionError } from "node:assert";
import { createRef, type KeyedRef, type MethodNames, type Ref } from "../actor/ref.js";
import { type Duration, milliseconds } from "../duration.js";
import { HoldfastError } from "../errors.js";
import { onlyKnownKeys, shown } from "../known-keys.js";
import { type ChildOptions, childKeys, childRules } from "../supervision/spec.js";
import type { ChildSpec } from "../system/unit.js";
import { listed, type Within } from "./expectations.js";
import { ProbeUnit } from "./probe-unit.js";
import type { AnyReceived, Received, ReceivedMessage, ResultOf } from "./received.js";
import { Unread } from "./unread.js";

/** Answers given at once: functions by method name, called with what the caller sent. One that throws fails the ask. */
export type Answers<A> = {
  [M in MethodNames<A>]?: A[M] extends (...args: infer P) => unknown
    ? (...args: P) => ResultOf<A, M> | Promise<ResultOf<A, M>>
    : never;
};

/** A stand-in for an actor of a tree, played by the test. */
export interface Probe<A> {
  /** Its place in the tree: `supervisor({}, { store: store.spec })`. Actors reach it as they would the real one. */
  readonly spec: ChildSpec<Ref<A>>;
  /** For props and messages, once a tree with it runs; before that, `refTo(path)` as for any actor. */
  readonly ref: KeyedRef<A>;
  /** All it ever got, in order. */
  readonly received: readonly AnyReceived<A>[];
  /**
   * The first message that was not read yet, one that is there or the next to come; with a method, the first of that
   * method, and others stay unread (as with Erlang's selective `receive`).
   * @throws HoldfastError Timeout saying what it got instead
   */
  next(options?: Within): Promise<AnyReceived<A>>;
  next<M extends MethodNames<A>>(method: M, options?: Within): Promise<Received<A, M>>;
  /** Answers the message that `next()` gave last. @throws HoldfastError InvalidValue when nobody waits for it */
  reply(value: unknown): void;
  /** Answers it with an error: a HoldfastError as it is, any other as what a throwing handler gives (HandlerFailed). */
  fail(error: Error | string): void;
  /** From now on these methods are answered at once; their messages can be read all the same. */
  answers(canned: Answers<A>): void;
  /**
   * Nothing is unread, and nothing comes within the time given. Without one it looks once, after what is under way in
   * this thread has arrived; where actors run in threads, `await settled(app)` first.
   * @throws AssertionError saying what there is
   */
  nothing(options?: Within): Promise<void>;
  /** Forgets what was not read; `received` keeps it. */
  skip(): void;
}

/**
 * A probe (Akka's TestProbe): it stands in the tree where a real actor would, takes every message of the actor's
 * protocol, shows it to the test, and answers what the test says. It never crashes.
 * @param canned answers to give at once, by method
 * @param options of its supervision, as for any child
 * @example
 * const store = probe<Store>({ get: () => "kept" });
 * const app = await system(supervisor({}, { store: store.spec, reader: inline(Reader, { store: refTo<Store>("store") }) }));
 * const read = app.refs.reader.ask.read();
 * const { sender } = await store.next("get"); // "app/reader"
 * await read; // what the reader made of "kept"
 */
export function probe<A>(canned: Answers<A> = {}, options: ChildOptions = {}): Probe<A> {
  return new TestProbe(canned as Canned, options) as unknown as Probe<A>;
}

type Canned = Record<string, ((...args: unknown[]) => unknown) | undefined>;

class TestProbe {
  readonly spec: ChildSpec;
  readonly received: ReceivedMessage[] = [];
  readonly #unread = new Unread<ReceivedMessage>();
  #canned: Canned;
  #unit: ProbeUnit | undefined;
  #last: ReceivedMessage | undefined;

  constructor(canned: Canned, options: ChildOptions) {
    this.#canned = onlyFunctions(canned);
    this.spec = {
      kind: "actor",
      load: async () => ({
        rules(field, preset) {
          onlyKnownKeys(options, childKeys, field);
          return childRules(options, field, preset);
        },
        create: (context, { name, path }) => {
          this.#unit = new ProbeUnit(context, name, path, (received) => this.#take(received));
          return this.#unit;
        },
      }),
    };
  }

  get ref(): KeyedRef<unknown> {
    if (this.#unit) return createRef(this.#unit.target);
    const fix = "put probe.spec into a tree and start it first; in props write refTo(path)";
    throw new HoldfastError("InvalidSpec", `this probe stands in no tree: ${fix}`);
  }

  async next(method?: string | Within, options: Within = {}): Promise<ReceivedMessage> {
    const [name, within] = typeof method === "string" ? [method, options] : [undefined, method ?? {}];
    this.#last = await this.#unread.next(
      (received) => name === undefined || received.method === name,
      within,
      `${name === undefined ? "a message" : `"${name}"`} at ${this.#path}`,
      () => `unread is ${this.#shown()}; all it got: ${listed(this.received.map(String), "nothing")}`,
    );
    return this.#last;
  }

  reply(value: unknown): void {
    this.#read().reply(value);
  }

  fail(error: Error | string): void {
    this.#read().fail(error);
  }

  answers(canned: Canned): void {
    this.#canned = { ...this.#canned, ...onlyFunctions(canned) };
  }

  async nothing({ within = 0 }: { within?: Duration } = {}): Promise<void> {
    const ms = milliseconds(within, "within");
    await new Promise<void>((resolve) => (ms === 0 ? setImmediate(resolve) : setTimeout(resolve, ms)));
    if (this.#unread.items.length === 0) return;
    throw new AssertionError({ message: `expected nothing at ${this.#path}, got ${this.#shown()}` });
  }

  skip(): void {
    this.#unread.clear();
  }

  #take(received: ReceivedMessage): void {
    this.received.push(received);
    const answer = Object.hasOwn(this.#canned, received.method) ? this.#canned[received.method] : undefined;
    if (answer) void this.#answer(received, answer);
    this.#unread.push(received);
  }

  async #answer(received: ReceivedMessage, answer: (...args: unknown[]) => unknown): Promise<void> {
    try {
      received.answer({ value: await answer(...received.args) });
    } catch (thrown) {
      received.answer({ thrown });
    }
  }

  #read(): ReceivedMessage {
    if (this.#last) return this.#last;
    const fix = "await probe.next() first: it gives the message to answer";
    throw new HoldfastError("InvalidValue", `no message of ${this.#path} was read yet: ${fix}`);
  }

  get #path(): string {
    return this.#unit?.path ?? "a probe in no tree";
  }

  #shown(): string {
    return listed(this.#unread.items.map(String), "nothing");
  }
}

/** Whoever writes the answer itself would see the ask wait. @throws HoldfastError InvalidSpec naming the method */
function onlyFunctions(canned: Canned): Canned {
  const refuse = (field: string, value: unknown, fix: string): never => {
    throw new HoldfastError("InvalidSpec", `${field} is ${shown(value)}: give ${fix}`, { details: { field } });
  };
  if (typeof canned !== "object" || canned === null) refuse("probe()", canned, "answers by method: { get: () => 5 }");
  for (const [method, answer] of Object.entries(canned)) {
    if (answer === undefined || typeof answer === "function") continue;
    refuse(`probe().${method}`, answer, `a function that answers: { ${method}: () => value }`);
  }
  return canned;
}
