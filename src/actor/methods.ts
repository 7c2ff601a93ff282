import type { Duration } from "../duration.js";
import { HoldfastError } from "../errors.js";

/** What an actor class may declare about one of its methods: `static methods = { classify: { idempotent: true } }`. */
export interface MethodOptions {
  /** Running it twice does no harm: a message that was executing at a death is delivered again. Default false. */
  idempotent?: boolean;
  /**
   * The longest one run may take before it counts as hung and its host is killed. Default 60 s, or longer: ten times the
   * longest run that ended well, or as long as its caller waits. `Infinity`: never. What counts is time in which the runtime
   * itself was awake; while a stream waits for its consumer to take values its time stands still.
   */
  limit?: Duration;
  /** Let the arguments appear in death reports. Default false: only shape, size and digest do. */
  reveal?: boolean;
  /**
   * It uses large arrays in its arguments only until its promise settles, and keeps none. They are then not copied for it:
   * they may be views of shared memory, which is used for other messages afterwards. Default false: they are its own.
   */
  borrows?: boolean;
  /**
   * It changes tensors that it is lent (`app.tensor`, `this.tensor`): their sender sees that, except over a process. It runs
   * at most once, whatever the caller says, and cannot be `idempotent`. Default false: it only reads them.
   */
  mutates?: boolean;
  /** Its answer is a stream. Default: whether it is a generator, `async *` or `*`; say it for one that returns an iterable. */
  stream?: boolean;
}

/** The same as a class writes it: TypeScript widens "2s" there to text, which is checked when the class starts. */
export type DeclaredMethod = Omit<MethodOptions, "limit"> & { limit?: Duration | (string & {}) };

/** The same, normalised: data that travels to the parent with `ready`. */
export interface MethodFacts {
  readonly idempotent: boolean;
  /** As declared, or the least there is: see methodLimit(). */
  readonly limitMs: number;
  /** It declares no limit: what is seen of it, and who waits for it, may raise it. */
  readonly learns: boolean;
  readonly reveal: boolean;
  readonly borrows?: boolean;
  readonly mutates?: boolean;
  /** Its answer is a stream: it is a generator, or declared to return an iterable. */
  readonly stream: boolean;
}

/** What the parent must know of an actor class to deliver its messages. */
export interface ActorFacts {
  /** The allow-list: public methods, by name. */
  readonly methods: Readonly<Record<string, MethodFacts>>;
  /** Its state is rebuilt after a death, and a message that was executing runs again on it. */
  readonly replayable: boolean;
  /** It has snapshot() and restore(). */
  readonly saves?: true;
  /** It has apply(): its state is its latest snapshot, where it has those, and the events since. */
  readonly eventSourced?: true;
  readonly concurrency: number;
  /** Of its states and events, where it says one; else 1. */
  readonly version?: number;
  /** It has a static load(), which is given the props of its cell. */
  readonly loads?: true;
}

export function noSuchMethod(path: string, method: string, { methods }: ActorFacts): HoldfastError {
  const known = Object.keys(methods).join(", ");
  return new HoldfastError("UnknownMethod", `${path} has no method "${method}"; it has: ${known}`);
}
