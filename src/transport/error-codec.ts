import { type ErrorCode, HoldfastError, isError, isErrorCode, isRetryable, toError, withoutStack } from "../errors.js";

/**
 * An error as plain data. Structured clone loses class, `code` and own fields, so errors cross in this form and are
 * built again on the other side: HoldfastErrors as themselves, built-in classes as themselves, the rest as Error with
 * their name.
 */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: ErrorCode | undefined;
  readonly retryable: boolean | undefined;
  readonly retryAfterMs: number | undefined;
  /** A HoldfastError's details, or another error's own plain fields (`code: "ENOENT"`). */
  readonly fields: Record<string, unknown>;
  readonly cause: WireError | undefined;
}

/** Causes past this depth are cut: a cyclic chain must not hang the crash report. */
const DEEPEST_CAUSE = 8;

/** Never throws, whatever was thrown: what cannot be read of an error is left out, and all else crosses any wall. */
export function encodeError(thrown: unknown, depth = 0): WireError {
  const error = toError(thrown);
  const ours = error instanceof HoldfastError;
  const cause = read(error, "cause");
  const own = ours ? read(error, "details") : error;
  return {
    name: text(error, "name") ?? "Error",
    message: text(error, "message") ?? "(its message cannot be read)",
    stack: text(error, "stack"),
    code: ours ? (text(error, "code") as ErrorCode | undefined) : undefined,
    retryable: ours ? read(error, "retryable") === true : undefined,
    retryAfterMs: ours ? number(error, "retryAfterMs") : undefined,
    fields: plainFields(own),
    cause: isError(cause) && depth < DEEPEST_CAUSE ? encodeError(cause, depth + 1) : undefined,
  };
}

/** A getter or a Proxy of the user's may throw: nobody could be told then that a handler has. */
function read(source: object, name: string): unknown {
  try {
    return (source as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

function text(source: object, name: string): string | undefined {
  const value = read(source, name);
  return typeof value === "string" ? value : undefined;
}

function number(source: object, name: string): number | undefined {
  const value = read(source, name);
  return typeof value === "number" ? value : undefined;
}

const builtIn: Record<string, new (message: string) => Error> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

export function decodeError(wire: WireError): Error {
  return withoutStack(() => decoded(wire));
}

function decoded(wire: WireError): Error {
  const cause = wire.cause ? decoded(wire.cause) : undefined;
  if (isErrorCode(wire.code)) {
    const error = new HoldfastError(wire.code, wire.message, {
      retryable: wire.retryable ?? isRetryable(wire.code),
      ...(wire.retryAfterMs === undefined ? {} : { retryAfterMs: wire.retryAfterMs }),
      cause,
      details: wire.fields,
    });
    if (wire.stack) error.stack = wire.stack;
    return error;
  }
  const error = new (builtIn[wire.name] ?? Error)(wire.message);
  if (error.name !== wire.name) define(error, "name", wire.name);
  if (wire.stack) error.stack = wire.stack;
  if (cause) define(error, "cause", cause);
  Object.assign(error, wire.fields);
  return error;
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}

/** Own fields that are strings, numbers or booleans, so that nothing in an error can fail to cross. */
function plainFields(source: unknown): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  if (typeof source !== "object" || source === null) return fields;
  for (const name of keys(source)) {
    const value = read(source, name);
    if (["string", "number", "boolean"].includes(typeof value)) fields[name] = value;
  }
  return fields;
}

function keys(source: object): string[] {
  try {
    return Object.keys(source);
  } catch {
    return [];
  }
}
