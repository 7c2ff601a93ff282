import { describe, expect, it } from "vitest";
import { Actor, isRemoteName } from "../../../src/actor/actor.js";
import { construct } from "../../../src/actor/actor-context.js";
import { behindRef, type CallOptions, createRef, type Target } from "../../../src/actor/ref.js";

interface Digits {
  classify(pixels: number[]): number;
  forget(id: string): void;
}

function recorded() {
  const calls: [string, string, unknown[], CallOptions][] = [];
  const target: Target = {
    path: "app/digits",
    async ask(method, args, options) {
      calls.push(["ask", method, args, options]);
      return method;
    },
    tell(method, args, options) {
      calls.push(["tell", method, args, options]);
      return true;
    },
  };
  return { calls, target, ref: createRef<Digits>(target) };
}

describe("a ref", () => {
  it("sends what is called on it", async () => {
    const { ref, calls } = recorded();
    expect(await ref.ask.classify([1])).toBe("classify");
    expect(ref.tell.forget("x")).toBe(true);
    expect(calls).toEqual([
      ["ask", "classify", [[1]], {}],
      ["tell", "forget", ["x"], {}],
    ]);
  });

  it("has the shape of every other, so that calls through thousands in turn are found at once", () => {
    const [one, other] = [recorded(), recorded()];
    expect(Object.getPrototypeOf(one.ref.tell)).toBe(Object.getPrototypeOf(other.ref.tell));
    one.ref.tell.forget("x");
    other.ref.tell.forget("y");
    expect([one.calls, other.calls]).toEqual([[["tell", "forget", ["x"], {}]], [["tell", "forget", ["y"], {}]]]);
  });

  it("keeps options, adds to them, and leaves the ref that they were made from alone", () => {
    const { ref, calls } = recorded();
    const kept = ref.with({ timeout: 100, sender: "me" });
    kept.key("k").with({ timeout: 5 }).tell.forget("x");
    ref.tell.forget("y");
    expect(calls.map(([, , , options]) => options)).toEqual([{ timeout: 5, sender: "me", key: "k" }, {}]);
  });

  it("makes a method once", () => {
    const { ref } = recorded();
    expect(ref.ask.classify).toBe(ref.ask.classify);
  });

  it("is no promise, and has nothing that objects have", async () => {
    const { ref, calls } = recorded();
    const loose = ref.ask as unknown as Record<PropertyKey, unknown>;
    for (const name of ["then", "constructor", "toString", "hasOwnProperty", Symbol.iterator]) {
      expect(loose[name]).toBeUndefined();
    }
    expect(await ref).toBe(ref);
    expect(calls).toEqual([]);
  });

  it("knows its target; anything else does not", () => {
    const { ref, target } = recorded();
    expect(behindRef(ref.key("k"))).toEqual({ target, options: { key: "k" } });
    expect(behindRef({ ...ref })).toBeUndefined();
  });
});

describe("an actor", () => {
  class Probe extends Actor<{ from: number }, string> {
    n = this.props.from;
  }

  it("finds its context in field initialisers already, nested constructions too", () => {
    let cleared = 0;
    const context = (from: number) => ({
      props: { from },
      shared: "model",
      self: { path: "app/p", key: undefined, incarnation: 3 },
      after: () => ({ cancel: () => cleared++ }),
      signal: () => new AbortController().signal,
    });
    class Outer extends Actor<{ from: number }> {
      inner = construct(Probe, context(2));
      n = this.props.from;
    }
    const outer = construct(Outer, context(1));
    expect([outer.n, outer.inner.n, outer.inner.shared, outer.inner.self.incarnation]).toEqual([1, 2, "model", 3]);
    outer.after(1, () => {}).cancel();
    outer.after("20ms", () => {}).cancel();
    expect(() => outer.after("soon" as "1s", () => {})).toThrow(
      'the wait of this.after() is "soon": give milliseconds',
    );
    expect(() => outer.after(Number.NaN, () => {})).toThrow("the wait of this.after() is NaN");
    expect(cleared).toBe(2);
  });

  it("can be made without a runtime, for a test of the bare class", () => {
    class Bare extends Actor {}
    const bare = new Bare();
    expect(bare.self.path).toBe("detached");
    expect(bare.signal.aborted).toBe(false);
  });

  it.each([
    ["classify", true],
    ["then", false],
    ["snapshot", false],
    ["props", false],
    ["hasOwnProperty", false],
    ["_x", false],
    ["#x", false],
  ])("the name %s is remote: %s", (name, remote) => {
    expect(isRemoteName(name)).toBe(remote);
  });
});
