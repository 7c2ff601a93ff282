import type { Timer } from "../clock.js";
import type { ActorLog } from "./actor-log.js";
import type { Call } from "./call.js";
import type { ActorSelf } from "./lifecycle.js";
import type { Notice } from "./notice.js";
import type { Target } from "./ref.js";
import type { Spawnable } from "./spawnable.js";
import type { MakeTensor } from "./tensor-lease.js";

/** What the host gives an actor when it builds it. */
export interface ActorContext<Props = unknown, Shared = unknown> {
  readonly props: Props;
  readonly shared: Shared;
  readonly self: ActorSelf;
  /** Starts a timer that is cleared when this incarnation ends. */
  readonly after: (ms: number, callback: () => unknown) => Timer;
  /** The signal of the message executing now. */
  readonly signal: () => AbortSignal;
  /** Starts a child of this incarnation. Absent where no system is around. */
  readonly spawn?: (name: string | undefined, spec: Spawnable<unknown>) => Promise<unknown>;
  /** The message executing now. Absent where no system is around. @throws HoldfastError where it is not known */
  readonly executing?: () => Call;
  /** An event of the message executing now. Absent where no system is around. @throws HoldfastError where it cannot happen */
  readonly persist?: (event: unknown) => void;
  /** The caller of the message executing now gave up. Absent where no system is around. */
  readonly cancelled?: () => boolean;
  /** Writes into the flight recorder. Absent where no system is around. */
  readonly note?: (text: string) => void;
  /** Where its lines go. Absent where no system is around. */
  readonly log?: ActorLog;
  /** Marks its host as being in native code. Absent where no system is around. */
  readonly native?: <T>(run: () => T) => T;
  /** Ends this actor by its own wish. Absent where no system is around. */
  readonly stopSelf?: () => void;
  /** Hands out tensors. Absent where no system is around. */
  readonly tensor?: MakeTensor | undefined;
  /** A death watch of this incarnation. Absent where no system is around. */
  readonly watch?: (path: string, key: string | undefined) => Promise<Notice>;
  /** Milliseconds since 1970, on the clock of its timers. Absent where no system is around. */
  readonly wallTime?: () => number;
  /** How it reaches the actor at a path. Absent where no system is around. */
  readonly refs?: (path: string) => Target;
}

/**
 * Where the host leaves the context for the constructor to pick up, so that user classes need no constructor of their
 * own and field initialisers can already read `this.props`. On globalThis, because the user's module may resolve
 * another copy of the package than the host did.
 */
const slot = Symbol.for("holdfast.actor-context");
const place = globalThis as { [slot]?: ActorContext | undefined };

/** Builds an actor with its context. The runtime calls this; tests of a bare class may too. */
export function construct<A>(actorClass: new () => A, context: ActorContext): A {
  const outer = place[slot];
  place[slot] = context;
  try {
    return new actorClass();
  } finally {
    place[slot] = outer;
  }
}

const neverAborted = new AbortController().signal;

/** Of an actor that was built by hand: no system is around it. */
const detached: ActorContext = {
  props: undefined,
  shared: undefined,
  self: { path: "detached", key: undefined, incarnation: 0 },
  after(ms, callback) {
    const handle = setTimeout(callback, ms);
    return { cancel: () => clearTimeout(handle) };
  },
  signal: () => neverAborted,
};

export const nobodysCall: Call = {
  signal: neverAborted,
  cancelled: () => false,
  sequence: 0,
  trace: undefined,
  remaining: () => Number.POSITIVE_INFINITY,
};

/** The context of the actor that is being built. */
export function contextAround(): ActorContext {
  return place[slot] ?? detached;
}
