import { describe, expect, it } from "vitest";
import { errorTable } from "../../../src/error-table.js";
import { type ErrorCode, HoldfastError, isHoldfastError, refuse, toError } from "../../../src/errors.js";

describe("the table of errors", () => {
  it.each(Object.entries(errorTable))(
    "%s has a meaning, and its advice is the default",
    (code, { retryable, meaning }) => {
      expect(meaning.length).toBeGreaterThan(20);
      const error = new HoldfastError(code as ErrorCode, "x");
      expect(error).toMatchObject({ code, name: code, retryable, details: {}, retryAfterMs: undefined });
    },
  );

  it("never calls a retry safe where the message may have run", () => {
    for (const code of ["HandlerFailed", "ActorDied", "PoisonedMessage", "StreamBroken", "ConnectionLost"] as const) {
      expect(errorTable[code].retryable).toBe(false);
    }
  });
});

describe("a HoldfastError", () => {
  it("is one across two copies of the package", () => {
    const brand = Symbol.for("holdfast.error");
    const foreign = Object.assign(new Error("from another copy"), { [brand]: true, code: "Timeout" });
    expect(foreign instanceof HoldfastError).toBe(true);
    expect(isHoldfastError(foreign, "Timeout")).toBe(true);
    expect(isHoldfastError(foreign, "Refused")).toBe(false);
    expect(isHoldfastError(new Error("x"))).toBe(false);
    expect(isHoldfastError(null)).toBe(false);
  });

  it("may override the advice of its code", () => {
    const error = new HoldfastError("Timeout", "x", { retryable: true, retryAfterMs: 5, cause: "why" });
    expect(error).toMatchObject({ retryable: true, retryAfterMs: 5, cause: "why" });
  });

  it("refuse() carries its reason and details", () => {
    expect(refuse("too-long", "31 s", { limit: 30 })).toMatchObject({
      code: "Refused",
      message: "31 s",
      details: { reason: "too-long", limit: 30 },
    });
    expect(refuse("busy").message).toBe("busy");
  });
});

describe("whatever was thrown, as an error", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  it.each([
    ["text", "text"],
    [42, "42"],
    [null, "null"],
    [undefined, "undefined"],
    [{ a: 1 }, '{"a":1}'],
    [Symbol("s"), "Symbol(s)"],
    [cyclic, "[object Object]"],
  ])("%s keeps what can be said of it", (thrown, message) => {
    expect(toError(thrown)).toMatchObject({ name: "NonErrorThrown", message });
  });

  it("an error stays itself", () => {
    const error = new TypeError("x");
    expect(toError(error)).toBe(error);
  });
});
