import { isRemoteName } from "../actor/actor.js";
import { type ActorFacts, noSuchMethod } from "../actor/methods.js";
import { behindRef, type Target } from "../actor/ref.js";
import { HoldfastError } from "../errors.js";
import { type KeysOf, onlyKnownKeys } from "../known-keys.js";
import type { ExposedActor, ExposedMethod, MediaHint } from "../protocol/frames.js";
import type { App } from "../system/app.js";
import { findNode } from "../system/tree.js";
import type { Expose, ExposeMethod, ExposeOptions } from "./options.js";

/** One callable actor: what is said of it in `welcome`, and where its calls go. */
export interface Exposed extends ExposedActor {
  readonly name: string;
  readonly target: Target;
}

/** With what the configuration says of its methods; what that leaves unsaid, the class says once it has started. */
interface Named extends Exposed {
  readonly said: Readonly<Record<string, ExposeMethod>>;
  /** Kept while the actor is away: a class does not change. */
  readonly facts?: ActorFacts;
}

/** What callers may reach, and nothing else. Looked up by name on every frame. */
export class Exposure {
  readonly #app: App<unknown>;
  readonly #byName: Map<string, Named>;

  /**
   * @throws HoldfastError InvalidSpec for a name that is not in the tree or a method that cannot be called; for one that
   * the class does not have as well, if the actor has started
   */
  constructor(app: App<unknown>, expose: Readonly<Record<string, Expose>>) {
    this.#app = app;
    this.#byName = new Map(Object.entries(expose).map(([name, what]) => [name, named(app, name, what)]));
    for (const name of this.#byName.keys()) {
      const problem = this.problem(name);
      if (problem) throw invalid(name, problem);
    }
  }

  get names(): string[] {
    return [...this.#byName.keys()];
  }

  /** @throws HoldfastError NotExposed */
  find(name: string, method?: string): Exposed {
    const actor = this.#named(name);
    if (!actor)
      throw new HoldfastError("NotExposed", `${JSON.stringify(name)} is not exposed: ${this.#list(this.names)}`);
    if (method !== undefined && !Object.hasOwn(actor.methods, method)) {
      const known = this.#list(Object.keys(actor.methods));
      throw new HoldfastError("NotExposed", `${name}.${JSON.stringify(method)} is not exposed: ${known}`);
    }
    const { facts } = actor;
    if (method !== undefined && facts && !Object.hasOwn(facts.methods, method)) {
      throw noSuchMethod(actor.target.path, method, facts);
    }
    return actor;
  }

  /** Whether a method is known to keep no array that it is sent, and its message is made when it is called. */
  borrows(name: string, method: string): boolean {
    const methods = this.#named(name)?.facts?.methods;
    const facts = methods && Object.hasOwn(methods, method) ? methods[method] : undefined;
    return facts?.borrows === true && !facts.stream;
  }

  /** Whether its class is known: then what `find` says of it does not change. */
  knows(name: string): boolean {
    return this.#named(name)?.facts !== undefined;
  }

  /** Why what the configuration says can never be served; undefined while nothing is wrong, or not known yet. */
  problem(name: string): string | undefined {
    const { said, facts } = this.#named(name)!;
    const missing = Object.keys(said).filter((method) => facts && !Object.hasOwn(facts.methods, method));
    if (!facts || missing.length === 0) return undefined;
    const quoted = missing.map((method) => JSON.stringify(method)).join(", ");
    return `lists ${quoted}, which its class does not have; it has: ${Object.keys(facts.methods).join(", ")}`;
  }

  /** For `welcome`: without the targets. */
  describe(): Record<string, ExposedActor> {
    const entries = this.names.map((name) => {
      const { methods, stream, media } = this.#named(name)!;
      const actor: ExposedActor = { methods, ...(stream ? { stream } : {}), ...(media ? { media } : {}) };
      return [name, actor] as const;
    });
    return Object.fromEntries(entries);
  }

  /** Looks until its class is known, and never again. */
  #named(name: string): Named | undefined {
    const named = this.#byName.get(name);
    const facts = named?.facts ? undefined : named && this.#app.facts(name);
    if (!named || !facts) return named;
    const known = { ...named, facts, methods: described(named.said, facts) };
    this.#byName.set(name, known);
    return known;
  }

  #list(names: string[]): string {
    return names.length === 0 ? "nothing is" : `this server exposes ${names.join(", ")}`;
  }
}

/** What the configuration says wins; then what the class says; else neither. */
function described(
  said: Readonly<Record<string, ExposeMethod>>,
  facts: ActorFacts | undefined,
): Record<string, ExposedMethod> {
  const all = Object.entries(said).map(([method, { idempotent, stream }]) => {
    const known = facts && Object.hasOwn(facts.methods, method) ? facts.methods[method] : undefined;
    const fact = {
      idempotent: idempotent ?? known?.idempotent ?? false,
      stream: stream ?? known?.stream ?? false,
    };
    return [method, fact] as const;
  });
  return Object.fromEntries(all);
}

const exposeKeys: KeysOf<ExposeOptions> = { methods: true, stream: true, media: true, canary: true };
const methodKeys: KeysOf<ExposeMethod> = { idempotent: true, stream: true };
const mediaKeys: KeysOf<MediaHint> = { kind: true, rate: true, chunk: true, method: true };

function named(app: App<unknown>, name: string, what: Expose): Named {
  const ref = app.ref(name);
  const behind = ref && behindRef(ref);
  if (!behind) {
    const known = (app.tree().children ?? []).map((child) => child.name).join(", ");
    throw invalid(name, `names nothing in the tree: below its root are ${known || "no children"}`);
  }
  const options: ExposeOptions = isList(what) ? { methods: what } : what;
  onlyKnownKeys(options, exposeKeys, `gateway.expose.${name}`);
  onlyKnownKeys(options.media, mediaKeys, `gateway.expose.${name}.media`);
  const said = methodsOf(name, options);
  if (Object.keys(said).length === 0) throw invalid(name, noMethod(options));
  for (const [field, method] of [
    ["stream", options.stream],
    ["media.method", options.media?.method],
  ] as const) {
    if (method !== undefined && !Object.hasOwn(said, method)) {
      throw invalid(name, `has ${field} ${JSON.stringify(method)}, which is not among its methods`);
    }
  }
  const node = findNode(app.tree(), name);
  if (options.stream !== undefined && node && node.kind !== "keyed") {
    throw invalid(
      name,
      `has a stream but is of kind ${node.kind}: an input stream needs one actor per key, use keyed()`,
    );
  }
  return {
    name,
    target: behind.target,
    said,
    methods: described(said, undefined),
    ...(options.stream ? { stream: options.stream } : {}),
    ...(options.media ? { media: options.media } : {}),
  };
}

function methodsOf(name: string, options: ExposeOptions): Record<string, ExposeMethod> {
  const { methods } = options;
  const pairs = isList(methods) ? methods.map((method) => [method, {}] as const) : Object.entries(methods ?? {});
  const said: Record<string, ExposeMethod> = {};
  for (const [method, options] of pairs as [string, ExposeMethod][]) {
    if (typeof method !== "string" || !isRemoteName(method)) {
      throw invalid(name, `lists ${JSON.stringify(method)}, which can never be called from outside`);
    }
    onlyKnownKeys(options, methodKeys, `gateway.expose.${name}.methods.${method}`);
    said[method] = options;
  }
  return said;
}

/** A stream's method is callable too, so it is listed like any other. */
function noMethod({ stream }: ExposeOptions): string {
  if (stream === undefined) return "exposes no method: list some, or leave it out";
  const method = JSON.stringify(stream);
  return `exposes no method, and its stream is one: give { methods: [${method}], stream: ${method} }`;
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value);
}

function invalid(name: string, problem: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `gateway.expose.${name} ${problem}`, {
    details: { field: `gateway.expose.${name}` },
  });
}
