import type { Duration } from "../duration.js";

/** What an actor class may declare about one of its methods: `static methods = { classify: { idempotent: true } }`. */
export interface MethodOptions {
  /** Running it twice does no harm: a message that was executing at a death is delivered again. Default false. */
  idempotent?: boolean;
  /** The longest one run may take before it counts as hung and its host is killed. Default 60 s. */
  limit?: Duration;
  /** Let the arguments appear in crash reports and dead letters. Default false: only shape, size and digest do. */
  reveal?: boolean;
}

/** The same, normalised: data that travels to the parent with `ready`. */
export interface MethodFacts {
  readonly idempotent: boolean;
  readonly limitMs: number;
  readonly reveal: boolean;
  /** The method is an async generator: its answer is a stream. */
  readonly stream: boolean;
}

/** What the parent must know of an actor class to deliver its messages. */
export interface ActorFacts {
  /** The allow-list: public methods, by name. */
  readonly methods: Readonly<Record<string, MethodFacts>>;
  /** It has snapshot() and restore(): its messages are replayed after a death. */
  readonly replayable: boolean;
  readonly concurrency: number;
}
