/**
 * One table of everything that can go wrong for a caller: what it means and whether asking again is safe.
 * "Safe" means: this message has not run, or running it again does no harm.
 */
const table = {
  // the caller's own message
  InvalidValue: { retryable: false, meaning: "an argument or result cannot be sent (a function, a class instance …)" },
  UnknownMethod: { retryable: false, meaning: "the actor has no public method of that name" },
  UnknownModel: { retryable: false, meaning: "no model of that name, or no such version of it" },
  Refused: { retryable: false, meaning: "the handler refused the message with refuse(): a reply, not a crash" },
  Cancelled: { retryable: false, meaning: "the caller's signal fired" },
  Deadlock: { retryable: false, meaning: "actors wait for each other in a circle (told in development alone)" },
  Timeout: { retryable: false, meaning: "the deadline passed; retryable when the message had not started" },
  TensorMisused: {
    retryable: false,
    meaning: "a tensor from tensor() was used while it was lent, or after its release",
  },
  // the mailbox
  MailboxFull: { retryable: true, meaning: "the mailbox is at its bound of messages or bytes" },
  Dropped: { retryable: true, meaning: "a newer message took this one's place (overflow: drop-oldest)" },
  Overloaded: {
    retryable: true,
    meaning: "it could not be answered in time, or a message of higher priority took its place: refused, not started",
  },
  // the actor and its host
  HandlerFailed: { retryable: false, meaning: "the handler threw; the actor was rebuilt, this message has run" },
  ActorDied: {
    retryable: false,
    meaning: "the host died while this message was executing, or before its answer was out; it may have taken effect",
  },
  PoisonedMessage: { retryable: false, meaning: "this message was executing at two deaths and is not tried again" },
  StreamBroken: { retryable: false, meaning: "an output stream ended early; details.delivered values had arrived" },
  StartFailed: { retryable: true, meaning: "the actor could not start: module, load(), start() or its time limit" },
  Unavailable: {
    retryable: true,
    meaning: "nobody can take the message now: quarantined, no room for the key, no member",
  },
  NoQuorum: { retryable: false, meaning: "too few of the members that were asked said the same" },
  BreakerOpen: {
    retryable: true,
    meaning: "a circuit breaker lets no calls through: too many have failed or were slow",
  },
  ActorStopped: { retryable: true, meaning: "the actor was stopped before the message started" },
  GaveUp: { retryable: false, meaning: "a supervisor used up its restart budget and ended" },
  // what is stored
  StoreFailed: {
    retryable: true,
    meaning: "it could not be made durable (disk full, read-only …): the actor goes on from the state before it",
  },
  StoreInUse: { retryable: false, meaning: "another process has the store open; details.pid is its owner" },
  StoreDamaged: { retryable: false, meaning: "what is stored is damaged, of a newer format, or needs another key" },
  StateRefused: {
    retryable: false,
    meaning: "the stored state is of another shape or version, and nothing migrates it",
  },
  // configuration
  InvalidSpec: { retryable: false, meaning: "a field of a child spec or option has a value it cannot have" },
  MissingPeer: { retryable: false, meaning: "an optional package is not installed" },
  // the wire
  BadFrame: { retryable: false, meaning: "a frame is not of the protocol's form" },
  PayloadTooLarge: { retryable: false, meaning: "a frame is over the gateway's limit" },
  Unauthorized: { retryable: false, meaning: "no token, a wrong token, or a token without that right" },
  NotExposed: { retryable: false, meaning: "the configuration does not expose that actor or method" },
  TooManyInFlight: { retryable: true, meaning: "this connection has as many unanswered asks as it may have" },
  Draining: { retryable: true, meaning: "the server is stopping and takes no new work" },
  ConnectionLost: { retryable: false, meaning: "the connection closed before the answer; it may have taken effect" },
  StreamLost: { retryable: false, meaning: "the server no longer has this stream's state" },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>;

export type ErrorCode = keyof typeof table;

/** Every code with its default retry advice and meaning. Documentation and tests read this; it is the only list. */
export const errorTable: Readonly<Record<ErrorCode, { readonly retryable: boolean; readonly meaning: string }>> = table;

export interface ErrorExtras {
  /** Overrides the code's default: may the caller send the same message again without harm? */
  retryable?: boolean;
  /** Advice: milliseconds to wait before a retry. */
  retryAfterMs?: number;
  cause?: unknown;
  /** Plain data for programs: names, counts, limits. Never a payload. */
  details?: Record<string, unknown>;
}

const brand = Symbol.for("holdfast.error");

/** The one error class callers see. `code` says what happened, `retryable` whether sending again is safe. */
export class HoldfastError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly details: Record<string, unknown>;
  readonly [brand] = true;

  constructor(code: ErrorCode, message: string, extras: ErrorExtras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.code = code;
    this.retryable = extras.retryable ?? table[code].retryable;
    this.retryAfterMs = extras.retryAfterMs;
    this.details = extras.details ?? {};
  }

  override get name(): string {
    return this.code;
  }

  /** Two copies of the package share the brand, so `instanceof` holds between them. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    try {
      return typeof value === "object" && value !== null && brand in value;
    } catch {
      // A Proxy that refuses to be looked at is none of ours.
      return false;
    }
  }
}

/** True for a holdfast error, optionally of one code: `isHoldfastError(e, "MailboxFull")`. */
export function isHoldfastError(value: unknown, code?: ErrorCode): value is HoldfastError {
  return value instanceof HoldfastError && (code === undefined || value.code === code);
}

/**
 * Throw what this returns from a handler to say no without crashing: the caller gets `Refused` with your reason,
 * nothing restarts, no budget is charged.
 * @example throw refuse("too-long", `clip is ${seconds} s, at most 30 s`)
 */
export function refuse(reason: string, message?: string, details: Record<string, unknown> = {}): HoldfastError {
  return new HoldfastError("Refused", message ?? reason, { details: { reason, ...details } });
}

/**
 * Makes an error without a stack of its own: for one that gets another's, or whose frames would only show how the runtime
 * passes messages. Capturing a stack costs more than all else about an error, and a crash makes several.
 */
export function withoutStack<E extends Error>(make: () => E): E {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** `instanceof Error`, also of a Proxy that refuses to be looked at: that is none. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

/** Whatever was thrown, as an Error: a thrown string keeps its text. Never throws. */
export function toError(thrown: unknown): Error {
  if (isError(thrown)) return thrown;
  const text = typeof thrown === "string" ? thrown : describe(thrown);
  const error = new Error(text, { cause: thrown });
  error.name = "NonErrorThrown";
  return error;
}

function describe(value: unknown): string {
  try {
    // A toJSON() may answer with nothing.
    return typeof value === "object" ? String(JSON.stringify(value)) : String(value);
  } catch {
    return named(value);
  }
}

function named(value: unknown): string {
  try {
    return Object.prototype.toString.call(value);
  } catch {
    return `a thrown ${typeof value} that cannot be read`;
  }
}
