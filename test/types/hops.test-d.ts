import { Actor, type KeyedGroupRef, type PoolRef, type Ref } from "holdfast";
import { guarded, hop, partial } from "holdfast/serving";
import { describe, expectTypeOf, it } from "vitest";

class Digits extends Actor<{ model: string }> {
  classify(pixels: Float32Array): Promise<{ digit: number }> {
    return Promise.resolve({ digit: pixels.length });
  }
  twice(n: number) {
    return n * 2;
  }
}

declare const ref: Ref<Digits>;
declare const members: PoolRef<Digits>;
declare const group: KeyedGroupRef<Digits>;

describe("a ref with policies", () => {
  it("is of the type that it was", () => {
    const made = () => [hop(ref, {}), hop(members, { retry: true }), hop(group, { hedge: { after: "20ms" } })] as const;
    expectTypeOf(made).returns.toEqualTypeOf<readonly [Ref<Digits>, PoolRef<Digits>, KeyedGroupRef<Digits>]>();
    const asked = () => hop(members, { cache: true }).ask.twice(2);
    expectTypeOf(asked).returns.toEqualTypeOf<Promise<number>>();
  });

  it("knows the names of its methods", () => {
    const made = () => [
      hop(ref, { cache: { methods: ["classify"] }, idempotent: ["twice"] }),
      // @ts-expect-error no such method
      hop(ref, { cache: { methods: ["classified"] } }),
      // @ts-expect-error no such method
      hop(ref, { idempotent: ["thrice"] }),
      // @ts-expect-error no such option
      hop(ref, { retries: 3 }),
      // @ts-expect-error no ref
      hop({}, {}),
    ];
    expectTypeOf(made).toBeFunction();
    const told = () =>
      hop(ref, { fallback: { to: ({ method }) => expectTypeOf(method).toEqualTypeOf<"classify" | "twice">() } });
    expectTypeOf(told).returns.toEqualTypeOf<Ref<Digits>>();
  });
});

describe("guarded work", () => {
  it("has the arguments and the answer of the work", () => {
    const run = guarded(({ signal }, id: string, count: number) => Promise.resolve({ id, count, signal }), {
      retry: true,
    });
    expectTypeOf(run).parameters.toEqualTypeOf<[id: string, count: number]>();
    expectTypeOf(run).returns.toEqualTypeOf<Promise<{ id: string; count: number; signal: AbortSignal }>>();
  });
});

describe("an answer without the late one", () => {
  it("has each part's own type, and each may be missing", async () => {
    const { values, missing } = await partial(
      { text: Promise.resolve("a"), digit: (_signal) => Promise.resolve({ digit: 1 }) },
      { within: 100, need: ["text"] },
    );
    expectTypeOf(values).toEqualTypeOf<{ readonly text?: string; readonly digit?: { digit: number } }>();
    expectTypeOf(missing.digit).toEqualTypeOf<Error | undefined>();
    // @ts-expect-error no such part
    const wrong = () => partial({ text: Promise.resolve("a") }, { within: 1, need: ["words"] });
    expectTypeOf(wrong).toBeFunction();
  });
});
