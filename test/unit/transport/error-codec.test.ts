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

  it("keeps what was thrown that is no error", () => {
    expect(across("only text")).toMatchObject({ name: "NonErrorThrown", message: "only text" });
  });
});
