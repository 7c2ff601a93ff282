import type { Context, ContextManager } from "@opentelemetry/api";
import type { Otel } from "./otel-context.js";

/** Where every copy of the package's first major version looks for what a program has registered with it. */
const registered = Symbol.for("opentelemetry.js.api.1");
const place = globalThis as { [registered]?: { context?: ContextManager | undefined } };

/**
 * What is active where it is asked for. Where no context manager is registered that is nothing, and known by one look: to ask
 * the package takes as long as a quarter of a message.
 */
export class ActiveContext {
  readonly #otel: Otel;
  readonly #root: Context;
  /** Made with the first registration of the program, and kept: managers may come and go in it. */
  #registry = place[registered];

  constructor(otel: Otel) {
    this.#otel = otel;
    this.#root = otel.ROOT_CONTEXT;
  }

  /** A context manager is registered: what is made active is active. */
  get managed(): boolean {
    this.#registry ??= place[registered];
    return this.#registry?.context !== undefined;
  }

  /** The root context where nothing is. */
  get now(): Context {
    return this.managed ? this.#otel.context.active() : this.#root;
  }
}
