import {
  Actor,
  type BroadcastOutcome,
  type BroadcastRef,
  broadcast,
  type FirstCompletedRef,
  firstCompleted,
  type HoldfastError,
  supervisor,
  type system,
  thread,
} from "holdfast";
import { describe, expectTypeOf, it } from "vitest";

class Digits extends Actor<{ model: string }> {
  classify(pixels: Float32Array): Promise<{ digit: number }> {
    return Promise.resolve({ digit: pixels.length });
  }
  twice(n: number) {
    return n * 2;
  }
  async *count(to: number) {
    for (let i = 0; i < to; i++) yield i;
  }
}

const url = new URL("file:///digits.js");

describe("refs to several members at once", () => {
  const tree = supervisor(
    {},
    {
      all: broadcast(thread<Digits>(url, { model: "a" }), { size: 2 }),
      first: firstCompleted(thread<Digits>(url, { model: "a" }), { size: 3, of: 2 }),
    },
  );
  type Refs = Awaited<ReturnType<typeof system<(typeof tree)["children"]>>>["refs"];

  it("are what the tree says", () => {
    expectTypeOf<Refs["all"]>().toEqualTypeOf<BroadcastRef<Digits>>();
    expectTypeOf<Refs["first"]>().toEqualTypeOf<FirstCompletedRef<Digits>>();
    expectTypeOf<ReturnType<Refs["all"]["with"]>>().toEqualTypeOf<BroadcastRef<Digits>>();
  });

  it("answer with a list of outcomes, or as one member would", () => {
    expectTypeOf<Refs["all"]["ask"]["twice"]>().toEqualTypeOf<(n: number) => Promise<BroadcastOutcome<number>[]>>();
    expectTypeOf<Refs["all"]["ask"]["classify"]>().toEqualTypeOf<
      (pixels: Float32Array) => Promise<BroadcastOutcome<{ digit: number }>[]>
    >();
    expectTypeOf<Refs["all"]["tell"]["twice"]>().toEqualTypeOf<(n: number) => boolean>();
    expectTypeOf<Refs["first"]["ask"]["twice"]>().toEqualTypeOf<(n: number) => Promise<number>>();
  });

  it("tell a value from an error by what is there", () => {
    const read = (outcome: BroadcastOutcome<number>): number | HoldfastError =>
      "error" in outcome ? outcome.error : outcome.value;
    expectTypeOf(read).returns.toEqualTypeOf<number | HoldfastError>();
  });

  it("have no streams", () => {
    expectTypeOf<keyof Refs["all"]["ask"]>().toEqualTypeOf<"classify" | "twice">();
    expectTypeOf<keyof Refs["first"]["ask"]>().toEqualTypeOf<"classify" | "twice">();
  });
});
