import type { CallOptions, Target } from "../actor/ref.js";
import { milliseconds } from "../duration.js";
import { isHoldfastError } from "../errors.js";
import { type TraceContext, traceContextOf } from "../protocol/trace-context.js";
import { toWire } from "../protocol/values.js";
import type { Calls } from "./calls.js";
import type { Link } from "./link.js";
import type { ClientSettings } from "./options.js";
import type { Tells } from "./tells.js";
import { weigh } from "./weigh.js";

/** What stands behind a client's ref: the wire to an exposed actor, in place of the tree. */
export class WireTarget implements Target {
  readonly path: string;
  readonly #settings: ClientSettings;
  readonly #link: Link;
  readonly #calls: Calls;
  readonly #tells: Tells;

  constructor(path: string, settings: ClientSettings, link: Link, calls: Calls, tells: Tells) {
    this.path = path;
    this.#settings = settings;
    this.#link = link;
    this.#calls = calls;
    this.#tells = tells;
  }

  ask(method: string, args: unknown[], options: CallOptions): Promise<unknown> {
    const name = `${this.path}.${method}`;
    let wired: unknown[];
    let timeoutMs: number;
    try {
      wired = toWire(args, "binary", "args") as unknown[];
      timeoutMs =
        options.timeout === undefined ? this.#settings.timeoutMs : milliseconds(options.timeout, `${name} timeout`);
    } catch (error) {
      return Promise.reject(error);
    }
    const { key, idempotent, priority, signal } = options;
    const trace = this.#traceOf(options);
    const facts = () => this.#link.welcome?.exposes[this.path]?.methods[method];
    return this.#calls.make(
      {
        name,
        idempotent: () => idempotent ?? facts()?.idempotent ?? false,
        deadline: this.#settings.clock.now() + timeoutMs,
        bytes: weigh(wired),
        frame: (id, remainingMs) => ({
          type: "ask",
          id,
          to: this.path,
          key,
          method,
          args: wired,
          // Absent means the default of 30 s, so "no deadline" is the longest a timer holds: 24.8 days.
          timeout: Math.min(remainingMs, 2_147_483_647),
          idempotent,
          priority,
          ...trace,
        }),
      },
      signal,
    );
  }

  tell(method: string, args: unknown[], options: CallOptions): boolean {
    const { key, priority } = options;
    try {
      return this.#tells.send({
        type: "tell",
        to: this.path,
        key,
        method,
        args: toWire(args, "binary", "args") as unknown[],
        priority,
        ...this.#traceOf(options),
      });
    } catch (error) {
      if (isHoldfastError(error, "PayloadTooLarge")) return false;
      throw error;
    }
  }

  #traceOf({ trace }: CallOptions): TraceContext | undefined {
    return trace ? traceContextOf(trace.traceparent, trace.tracestate) : this.#settings.trace();
  }
}
