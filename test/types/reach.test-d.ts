import {
  Actor,
  type ActorOptions,
  type App,
  fork,
  ignore,
  inline,
  type KeyedRef,
  keyed,
  type Notice,
  pool,
  type Ref,
  supervisor,
  thread,
} from "holdfast";
import { describe, expectTypeOf, it } from "vitest";

class Counter extends Actor<{ from: number }> {
  start(): undefined | typeof ignore {
    return this.props.from < 0 ? ignore : undefined;
  }
  add(by: number): number {
    return by;
  }
}

class Plain extends Actor {
  async start(): Promise<typeof ignore | undefined> {
    return ignore;
  }
  hello(): string {
    return "hello";
  }
}

const url = new URL("file:///counter.js");

class Parent extends Actor<{ counters: KeyedRef<Counter> }> {
  async check(): Promise<void> {
    expectTypeOf(this.spawn("a", thread<Counter>(url, { from: 0 }))).toEqualTypeOf<Promise<Ref<Counter>>>();
    expectTypeOf(this.spawn("a", fork<Plain>(url))).toEqualTypeOf<Promise<Ref<Plain>>>();
    expectTypeOf(this.spawn(inline(Plain))).toEqualTypeOf<Promise<Ref<Plain>>>();
    // @ts-expect-error a name is text
    void this.spawn(3, inline(Plain));
    // @ts-expect-error a spec is what thread(), fork() and inline() return
    void this.spawn("a", Plain);
    // @ts-expect-error a pool belongs into the tree
    void this.spawn("a", pool(inline(Plain), { size: 1 }));
    expectTypeOf(this.watch(this.props.counters.key("a"))).toEqualTypeOf<Promise<Notice>>();
    expectTypeOf(this.watch("app/counters")).toEqualTypeOf<Promise<Notice>>();
    // @ts-expect-error nothing can be watched without a place
    void this.watch(3);
  }
}

describe("what an actor reaches for", () => {
  it("spawn gives a ref of the spec's own type, watch a notice", () => {
    expectTypeOf<Parent["check"]>().returns.resolves.toBeVoid();
  });

  it("spawn and watch are no part of an actor's protocol, nor is what start() answers", () => {
    expectTypeOf<keyof Ref<Parent>["ask"]>().toEqualTypeOf<"check">();
    expectTypeOf<keyof Ref<Counter>["ask"]>().toEqualTypeOf<"add">();
    expectTypeOf(ignore).toBeSymbol();
  });

  it("an app watches refs, keys and paths, and says how to end it", () => {
    expectTypeOf<App["watch"]>().parameter(1).toEqualTypeOf<(notice: Notice) => void>();
    expectTypeOf<App["watch"]>().returns.toEqualTypeOf<() => void>();
    expectTypeOf<Ref<Counter>>().toExtend<Parameters<App["watch"]>[0]>();
    expectTypeOf<Notice["reason"]>().toEqualTypeOf<"died" | "stopped" | "gone">();
  });

  it("exclusive, grace and maxChildren are options of an actor", () => {
    const options: ActorOptions = { exclusive: true, grace: "2s", maxChildren: 10 };
    supervisor(
      {},
      { counter: inline(Counter, { from: 0 }, options), keys: keyed(thread<Plain>(url, undefined, options)) },
    );
    // @ts-expect-error grace is a duration
    inline(Plain, undefined, { grace: "soon" });
  });
});
