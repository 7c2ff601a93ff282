import { describe, expect, it } from "vitest";
import { HoldfastError, refuse } from "../../../src/errors.js";
import { decodeError, encodeError } from "../../../src/transport/error-codec.js";

/** As a port or a pipe carries it. */
const across = (thrown: unknown) => decodeError(structuredClone(encodeError(thrown)));

describe("an error that crosses", () => {
  it("a HoldfastError comes back as itself", () => {
    const error = new HoldfastError("MailboxFull", "full", { retryAfterMs: 7, details: { messages: 3 } });
    const back = across(error) as HoldfastError;
    expect(back).toBeInstanceOf(HoldfastError);
    expect(back).toMatchObject({ code: "MailboxFull", retryable: true, retryAfterMs: 7, details: { messages: 3 } });
    expect(back.stack).toBe(error.stack);
  });

  it("keeps advice that differs from its code's", () => {
    expect(across(new HoldfastError("Timeout", "x", { retryable: true }))).toMatchObject({ retryable: true });
    expect(across(refuse("no"))).toMatchObject({ code: "Refused", details: { reason: "no" } });
  });

  it.each([TypeError, RangeError, SyntaxError, URIError, EvalError, ReferenceError, Error])(
    "%o keeps its class",
    (kind) => {
      const back = across(new kind("x"));
      expect(back).toBeInstanceOf(kind);
      expect(Object.getPrototypeOf(back)).toBe(kind.prototype);
      expect(back).toMatchObject({ name: kind.name, message: "x" });
    },
  );

  it("a class of one's own keeps its name and plain fields", () => {
    class OutOfPaper extends Error {
      override name = "OutOfPaper";
      code = "E_PAPER";
      tray = 2;
      callback = () => 1;
    }
    const back = across(new OutOfPaper("empty")) as OutOfPaper;
    expect(back).toMatchObject({ name: "OutOfPaper", message: "empty", code: "E_PAPER", tray: 2 });
    expect(back).not.toHaveProperty("callback");
  });

  it("keeps its causes, cut where they would never end", () => {
    const back = across(new Error("outer", { cause: new TypeError("inner", { cause: refuse("root") }) }));
    expect(back.cause).toBeInstanceOf(TypeError);
    expect((back.cause as Error).cause).toMatchObject({ code: "Refused" });
    const cyclic = new Error("around");
    cyclic.cause = cyclic;
    let depth = 0;
    for (let error: unknown = across(cyclic); error instanceof Error; error = error.cause) depth++;
    expect(depth).toBe(9);
  });

  it("a code that this version does not know stays a plain error with its text", () => {
    const wire = { ...encodeError(new HoldfastError("Refused", "x")), code: "FromTheFuture" as "Refused" };
    expect(decodeError(wire)).toMatchObject({ message: "x" });
  });

  it.each([
    ["a message", "message"],
    ["a name", "name"],
    ["a stack", "stack"],
    ["a cause", "cause"],
    ["a field", "extra"],
  ])("crosses with %s that cannot be read", (_, name) => {
    const error = new Error("all else");
    const get = () => {
      throw new Error("not to be read");
    };
    Object.defineProperty(error, name, { enumerable: true, get });
    const back = across(error);
    expect(back).toBeInstanceOf(Error);
    if (name !== "message") expect(back.message).toBe("all else");
  });

  it("crosses whatever stands where a text should be", () => {
    const error = Object.assign(new Error("x"), { message: () => "x", name: Symbol("x"), stack: [{ call: () => 1 }] });
    expect(across(error)).toMatchObject({ name: "Error" });
    expect(across(Object.assign(refuse("no"), { details: undefined }))).toMatchObject({ code: "Refused", details: {} });
  });

  it("crosses as some error where a Proxy refuses to be looked at", () => {
    const no = () => {
      throw new Error("refused");
    };
    const closed = new Proxy({}, { get: no, has: no, getPrototypeOf: no, ownKeys: no });
    for (const thrown of [closed, new Proxy(new Error("x"), { get: no, has: no, ownKeys: no }), Object.create(null)])
      expect(across(thrown)).toBeInstanceOf(Error);
    expect(across(new Error("outer", { cause: closed }))).toMatchObject({ message: "outer" });
  });

  it("keeps what was thrown that is no error", () => {
    expect(across("only text")).toMatchObject({ name: "NonErrorThrown", message: "only text" });
  });
});
