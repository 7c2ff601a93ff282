import {
  Actor,
  type App,
  inline,
  type KeyedGroupRef,
  keyed,
  type PoolRef,
  pool,
  type Ref,
  supervisor,
  type system,
  thread,
} from "holdfast";
import { describe, expectTypeOf, it } from "vitest";

class Digits extends Actor<{ model: string }, { session: true }> {
  #secret = 1;
  _hidden() {
    return this.#secret;
  }
  start() {}
  snapshot() {
    return 1;
  }
  restore(_: number) {}
  classify(pixels: Float32Array): Promise<{ digit: number }> {
    return Promise.resolve({ digit: pixels.length });
  }
  twice(n: number) {
    return n * 2;
  }
  async *count(to: number) {
    for (let i = 0; i < to; i++) yield i;
  }
  pick<T>(items: T[]): Promise<T | undefined> {
    return Promise.resolve(items[0]);
  }
  same<T>(value: T): T {
    return value;
  }
  never(): never {
    throw new Error("never");
  }
  // biome-ignore lint/suspicious/noExplicitAny: what a user may write
  loose(): any {}
}

class Plain extends Actor {
  hello() {
    return "hello";
  }
}

const url = new URL("file:///digits.js");

describe("types from end to end", () => {
  const tree = supervisor(
    {},
    {
      digits: pool(thread<Digits>(url, { model: "a" }), { size: 2 }),
      keys: keyed(thread<Digits>(url, { model: "a" })),
      plain: inline(Plain),
      below: supervisor({}, { inner: inline(Digits, { model: "b" }) }),
    },
  );
  type Refs = Awaited<ReturnType<typeof system<(typeof tree)["children"]>>>["refs"];

  it("refs have the names and types of the tree", () => {
    expectTypeOf<Refs["digits"]>().toEqualTypeOf<PoolRef<Digits>>();
    expectTypeOf<Refs["keys"]>().toEqualTypeOf<KeyedGroupRef<Digits>>();
    expectTypeOf<Refs["below"]["inner"]>().toEqualTypeOf<Ref<Digits>>();
    expectTypeOf<Refs>().not.toHaveProperty("nobody");
  });

  it("a method that returns a promise keeps its own signature, generics too", () => {
    expectTypeOf<Ref<Digits>["ask"]["classify"]>().toEqualTypeOf<
      (pixels: Float32Array) => Promise<{ digit: number }>
    >();
    expectTypeOf<Ref<Digits>["ask"]["pick"]>().toEqualTypeOf<<T>(items: T[]) => Promise<T | undefined>>();
  });

  it("a plain result becomes a promise, a generator an async iterable, any stays unknown", () => {
    expectTypeOf<Ref<Digits>["ask"]["twice"]>().toEqualTypeOf<(n: number) => Promise<number>>();
    expectTypeOf<Ref<Digits>["ask"]["count"]>().toEqualTypeOf<(to: number) => AsyncIterable<number>>();
  });

  it("a generic method without a promise is promised too, and one that only throws never resolves", () => {
    expectTypeOf<Ref<Digits>["ask"]["same"]>().toEqualTypeOf<(value: unknown) => Promise<unknown>>();
    expectTypeOf<Ref<Digits>["ask"]["never"]>().toEqualTypeOf<() => Promise<never>>();
    expectTypeOf<Ref<Digits>["ask"]["loose"]>().toEqualTypeOf<() => Promise<unknown>>();
  });

  it("tell answers whether the message was accepted", () => {
    expectTypeOf<Ref<Digits>["tell"]["twice"]>().toEqualTypeOf<(n: number) => boolean>();
  });

  it("lifecycle, private and inherited names are not part of the protocol", () => {
    type Names = keyof Ref<Digits>["ask"];
    expectTypeOf<Names>().toEqualTypeOf<"classify" | "twice" | "count" | "pick" | "same" | "never" | "loose">();
  });

  it("props are asked for exactly where the actor has some", () => {
    inline(Plain);
    thread<Plain>(url);
    // @ts-expect-error props are missing
    inline(Digits);
    // @ts-expect-error a wrong prop
    thread<Digits>(url, { modell: "a" });
    // @ts-expect-error the type argument was forgotten: the url parameter says what to write
    thread(url, { model: "a" });
  });

  it("an app disposes itself", () => {
    expectTypeOf<App>().toExtend<AsyncDisposable>();
  });
});

describe("what a class declares", () => {
  class Declared extends Actor {
    static override methods = { classify: { limit: "2s", idempotent: true } };
    static override onThrow = "reply";
    static override concurrency = 4;
    classify() {
      return 1;
    }
  }

  it("is written as the manual writes it, without `as const`", () => {
    expectTypeOf(inline(Declared)).toHaveProperty("kind");
  });

  it("is refused where it cannot be meant", () => {
    // @ts-expect-error idempotent is a fact, not a text
    class Mistaken extends Actor {
      static override methods = { classify: { idempotent: "yes" } };
    }
    expectTypeOf(Mistaken).toBeObject();
  });
});

describe("events", () => {
  type Happened = { deposited: number } | { closed: true };
  class Account extends Actor {
    deposit(cents: number) {
      this.persist({ deposited: cents });
      // @ts-expect-error: no event of this account
      this.persist({ withdrawn: cents });
      // @ts-expect-error: of another type
      this.persist({ deposited: "5" });
    }
    apply(_event: Happened) {}
  }
  class Plain extends Actor {
    add() {
      // @ts-expect-error: there is no apply()
      this.persist({ added: 1 });
    }
  }

  it("are those that apply() takes, which nobody can call from outside", () => {
    expectTypeOf<keyof Ref<Account>["ask"]>().toEqualTypeOf<"deposit">();
    expectTypeOf<keyof Ref<Plain>["ask"]>().toEqualTypeOf<"add">();
  });
});
