import { fork, inline, supervisor, system, thread } from "holdfast";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HoldfastError } from "../../../src/errors.js";
import { pack, unpack } from "../../../src/transport/values.js";
import { Hand } from "../../actors/cast.mjs";

const cast = new URL("../../actors/cast.mjs", import.meta.url);

describe("a value of the table", () => {
  const tree = supervisor(
    {},
    {
      cloned: inline(Hand),
      thread: thread<Hand>(cast, undefined, { export: "Hand" }),
      fork: fork<Hand>(cast, undefined, { export: "Hand" }),
    },
  );
  let app: Awaited<ReturnType<typeof system<{ cloned: never; thread: never; fork: never }>>> | undefined;
  let refs: Record<"cloned" | "thread" | "fork", { ask: { say(value: unknown): Promise<unknown> } }>;

  beforeAll(async () => {
    const started = await system(tree, { cloneInline: true });
    app = started as never;
    refs = started.refs;
  });
  afterAll(() => app?.stop());

  it("keeps errors' classes and refs' use, however deep", async () => {
    const value = { list: [new Map([["why", new RangeError("deep")]]), new Set([new HoldfastError("Refused", "no")])] };
    for (const ref of [refs.cloned, refs.thread, refs.fork]) {
      const back = (await ref.ask.say(value)) as typeof value;
      expect((back.list[0] as Map<string, Error>).get("why")).toBeInstanceOf(RangeError);
      expect([...(back.list[1] as Set<Error>)][0]).toMatchObject({ code: "Refused" });
      const through = (await ref.ask.say([{ to: refs.thread }])) as [{ to: typeof refs.thread }];
      expect(await through[0].to.ask.say("by a ref that travelled")).toBe("by a ref that travelled");
    }
  });

  it("sends a part of a large buffer without the rest", () => {
    const large = new Uint8Array(1_000_000);
    const packed = pack([large.subarray(10, 20)], "args");
    expect(packed.bytes).toBeLessThan(100);
    expect(((packed.value as Uint8Array[])[0] as Uint8Array).buffer.byteLength).toBe(10);
  });

  it("is handed over as it is where nothing needs wrapping: no copy", () => {
    const value = { a: [1, { b: new Uint8Array(8) }], d: new Date(0) };
    const packed = pack(value, "x");
    expect(packed.value).toBe(value);
    expect(packed.special).toBe(false);
    expect(unpack(packed, () => expect.fail())).toBe(value);
  });
});

describe("what is not in the table", () => {
  class Point {
    x = 1;
  }
  const cyclic: unknown[] = [];
  cyclic.push({ again: cyclic });
  const detached = new ArrayBuffer(8);
  const view = new Uint8Array(detached);
  structuredClone(detached, { transfer: [detached] });

  it.each([
    ["a function", { a: [() => 1] }, "x.a[0]", "a function"],
    ["a symbol", new Set([Symbol("s")]), "x.values[0]", "a symbol"],
    ["a class instance", new Map([["k", new Point()]]), "x.get(k)", "an instance of Point"],
    [
      "a class instance below a key without a text",
      new Map([[{ toString: 1 }, new Point()]]),
      "x.get(an object)",
      "an instance of Point",
    ],
    ["a class instance as a key", new Map([[new Point(), 1]]), "x.keys", "an instance of Point"],
    ["a promise", { later: Promise.resolve() }, "x.later", "an instance of Promise"],
    ["a regular expression", [/x/], "x[0]", "an instance of RegExp"],
    ["a weak map", new WeakMap(), "x", "an instance of WeakMap"],
    ["shared memory", new SharedArrayBuffer(8), "x", "an instance of SharedArrayBuffer"],
    ["a proxy", { p: new Proxy({}, {}) }, "x.p", "a Proxy"],
    ["a detached buffer", [detached], "x[0]", "a buffer that was transferred away"],
    ["a view of a detached buffer", { v: view }, "x.v", "a buffer that was transferred away"],
  ])("%s is refused with its path", (_, value, path, found) => {
    const refusal = () => pack(value, "x");
    expect(refusal).toThrow(`${path} is ${found}, which cannot be sent`);
    expect(refusal).toThrow(expect.objectContaining({ code: "InvalidValue", details: { path } }));
  });

  it("a map's key that is an object without a text goes like any other", () => {
    const value = new Map([[Object.assign({}, { toString: 1, valueOf: 2 }), 1]]);
    expect(pack(value, "x").value).toEqual(value);
  });

  it("a getter that packs something itself leaves the value around it as it was", () => {
    const plain = { before: new Error("x"), inner: 1, after: "two" };
    const within: unknown[] = [];
    const nosy = {
      before: plain.before,
      get inner() {
        within.push(pack([1, "other"], "args"));
        expect(() => pack(() => 1, "args")).toThrow(/cannot be sent/);
        return 1;
      },
      after: "two",
    };
    const { special, bytes } = pack(plain, "args");
    expect(special).toBe(true);
    expect(pack(nosy, "args")).toMatchObject({ special, bytes });
    const count = (inner: unknown) => pack({ a: "before", inner, b: "after" }, "args").bytes;
    const sends = () => Math.min(1, pack({ long: "x".repeat(1000) }, "args").bytes);
    expect(
      pack(
        {
          a: "before",
          get inner() {
            return sends();
          },
          b: "after",
        },
        "args",
      ).bytes,
    ).toBe(count(1));
    expect(within[0]).toMatchObject({ special: false, bytes: pack([1, "other"], "args").bytes });
  });

  it("a value that contains itself is refused", () => {
    expect(() => pack(cyclic, "x")).toThrow(/nested more than 100 deep, which cannot be sent: or it contains itself/);
  });
});
