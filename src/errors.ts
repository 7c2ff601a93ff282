/**
 * Every code that can go wrong for a caller, and whether asking again is safe: this message has not run, or running it again
 * does no harm. What they mean is in error-table.ts, which clients do without.
 */
const retryable = {
  // the caller's own message
  InvalidValue: false,
  UnknownMethod: false,
  UnknownModel: false,
  Refused: false,
  Cancelled: false,
  Deadlock: false,
  Timeout: false,
  TensorMisused: false,
  // the mailbox
  MailboxFull: true,
  Dropped: true,
  Overloaded: true,
  // the actor and its host
  HandlerFailed: false,
  ActorDied: false,
  PoisonedMessage: false,
  StreamBroken: false,
  StartFailed: true,
  Unavailable: true,
  NoQuorum: false,
  BreakerOpen: true,
  ActorStopped: true,
  GaveUp: false,
  // what is stored
  StoreFailed: true,
  StoreInUse: false,
  StoreDamaged: false,
  StateRefused: false,
  // configuration
  InvalidSpec: false,
  MissingPeer: false,
  // the wire
  BadFrame: false,
  PayloadTooLarge: false,
  Unauthorized: false,
  NotExposed: false,
  TooManyInFlight: true,
  Draining: true,
  ConnectionLost: false,
  StreamLost: false,
} as const satisfies Record<string, boolean>;

export type ErrorCode = keyof typeof retryable;

/** Whether text is a code of this version. */
export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === "string" && Object.hasOwn(retryable, text);
}

/** Whether asking again is safe, where the error itself says nothing else. */
export function isRetryable(code: ErrorCode): boolean {
  return retryable[code];
}

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
    this.retryable = extras.retryable ?? retryable[code];
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

/** The message of whatever was thrown, as text. Never throws: a user's error may have a getter that does, or a message that is no text. */
export function messageOf(thrown: unknown): string {
  try {
    const { message } = toError(thrown);
    return typeof message === "string" ? message : describe(message);
  } catch {
    return "(its message cannot be read)";
  }
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
