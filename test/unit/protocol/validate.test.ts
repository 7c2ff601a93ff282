import { describe, expect, test } from "vitest";
import { errorTable } from "../../../src/error-table.js";
import { HoldfastError, isHoldfastError } from "../../../src/errors.js";
import { clientShapes, serverShapes } from "../../../src/protocol/shapes.js";
import { parseClientFrame, parseServerFrame } from "../../../src/protocol/validate.js";
import { fromWireError, toWireError } from "../../../src/protocol/wire-error.js";
import { thrownBy } from "../thrown-by.js";

/** One good frame of each type, with every field. */
const good = {
  hello: { token: "t", admin: true, client: "test" },
  ask: { id: 1, to: "a", key: "k", method: "m", args: [], timeout: 5, idempotent: true, credit: 4 },
  tell: { to: "a", key: "k", method: "m", args: [] },
  cancel: { id: 1 },
  credit: { id: 1, n: 1 },
  open: { id: 1, to: "a", key: "k", method: "m", session: "s", have: -1, timeout: 5 },
  chunk: { id: 1, seq: 0, args: [] },
  ack: { id: 1, seq: 0 },
  end: { id: 1 },
  detach: { id: 1 },
  ping: { n: 1 },
  watch: { diffs: true, stats: true },
  unwatch: {},
  kill: { id: 1, path: "a", key: "k" },
  resize: { id: 1, path: "a", size: "auto" },
  history: { id: 1, path: "a", since: 5 },
  events: { id: 1, since: 5, types: ["life"], path: "a", limit: 9 },
  act: { id: 1, act: "hang", on: "a", key: "k", with: { for: 5 } },
} satisfies Record<keyof typeof clientShapes, Record<string, unknown>>;

describe.each(Object.entries(good))("the frame %s", (type, fields) => {
  test("is taken with every field", () => {
    expect(parseClientFrame({ type, ...fields })).toEqual({ type, ...fields });
  });

  test("is taken with nil for what may be absent, and without fields it does not know", () => {
    const shape = clientShapes[type as keyof typeof clientShapes] as Record<string, { optional: boolean }>;
    const filled = Object.entries(fields).map(([name, value]) => [name, shape[name]!.optional ? null : value]);
    const needed = Object.entries(fields).filter(([name]) => !shape[name]!.optional);
    expect(parseClientFrame({ type, ...Object.fromEntries(filled), later: 1 })).toEqual({
      type,
      ...Object.fromEntries(needed),
    });
  });

  test.each(Object.keys(fields))("is refused with a wrong %s, naming the field and keeping a usable id", (name) => {
    // The options of an act are a map of any form.
    const map = name === "with" ? [] : {};
    for (const wrong of [Symbol.iterator, map, Number.NaN, -2, new Uint8Array(2)]) {
      const failure = thrownBy(() => parseClientFrame({ type, ...fields, [name]: wrong }));
      expect(isHoldfastError(failure, "BadFrame")).toBe(true);
      expect((failure as HoldfastError).message).toContain(`${type}.${name} is `);
      const id = name !== "id" && "id" in fields ? 1 : undefined;
      expect((failure as HoldfastError).details.id).toBe(id);
    }
  });
});

test("what is no map, or has no known type, is refused", () => {
  for (const value of [
    null,
    1,
    "ask",
    [],
    new Uint8Array(1),
    {},
    { type: "toString" },
    { type: 5 },
    { type: "result" },
  ]) {
    expect(
      isHoldfastError(
        thrownBy(() => parseClientFrame(value)),
        "BadFrame",
      ),
    ).toBe(true);
  }
});

test("a type or field inherited from a prototype does not count", () => {
  const inherited = Object.create({ type: "ping", n: 1 }) as object;
  expect(() => parseClientFrame(inherited)).toThrow("type");
  expect(() => parseClientFrame(Object.assign(Object.create({ n: 1 }) as object, { type: "ping" }))).toThrow(
    "ping.n is missing",
  );
});

test("a client reads server frames by the same rules", () => {
  expect(parseServerFrame({ type: "part", id: 1, seq: 0, value: [1], more: true })).toEqual({
    type: "part",
    id: 1,
    seq: 0,
    value: [1],
  });
  expect(() => parseServerFrame({ type: "part", id: 1, value: 1 })).toThrow("part.seq is missing");
  expect(Object.keys(serverShapes)).toContain("welcome");
});

describe("errors on the wire", () => {
  test("keep code, words, advice and details, but neither stack nor cause", () => {
    const error = new HoldfastError("MailboxFull", "full", {
      retryAfterMs: 50,
      details: { capacity: 4 },
      cause: new Error("x"),
    });
    const wire = toWireError(error);
    expect(wire).toEqual({
      code: "MailboxFull",
      message: "full",
      retryable: true,
      retryAfterMs: 50,
      details: { capacity: 4 },
    });
    expect(fromWireError(wire)).toMatchObject({
      code: "MailboxFull",
      message: "full",
      retryable: true,
      retryAfterMs: 50,
    });
  });

  test("every code of the table comes back as itself", () => {
    for (const code of Object.keys(errorTable) as (keyof typeof errorTable)[]) {
      expect(fromWireError(toWireError(new HoldfastError(code, "x"))).code).toBe(code);
    }
  });

  test("a code of a newer server is read by its advice", () => {
    expect(fromWireError({ code: "SunSet", message: "x", retryable: true })).toMatchObject({
      code: "Unavailable",
      retryable: true,
      details: { code: "SunSet" },
    });
    expect(fromWireError({ code: "toString", message: "x", retryable: false }).code).toBe("HandlerFailed");
  });

  test("details that cannot be sent stay at home", () => {
    expect(toWireError(new HoldfastError("Refused", "no", { details: { fn: () => 1 } })).details).toBeUndefined();
  });

  test("whatever else was thrown is HandlerFailed with its text", () => {
    expect(toWireError("just text")).toEqual({ code: "HandlerFailed", message: "just text", retryable: false });
  });
});
