import { Actor, inline } from "holdfast";
import { describe, expect, it } from "vitest";
import { failure, play } from "./stage.js";

/** Its snapshot is its state itself, not a copy, and it changes that state in place. */
class Sum extends Actor {
  #state = { sum: 0 };
  add(by: number): number {
    this.#state.sum += by;
    if (by === 100) throw new Error("too much");
    return this.#state.sum;
  }
  snapshot() {
    return this.#state;
  }
  restore(state: { sum: number }) {
    this.#state = state;
  }
}

let runs = 0;

/** Takes its argument apart, and fails on its first run. */
class Eater extends Actor {
  static override methods = { eat: { idempotent: true } };
  async eat(list: number[]): Promise<number> {
    const size = list.length;
    list.length = 0;
    if (++runs === 1) await new Promise(() => {});
    return size;
  }
}

describe("an inline actor whose snapshot is its live state", () => {
  for (const snapshotEvery of [1, 5]) {
    it(`is rolled back to the last good state by a throw, a snapshot with every message in ${snapshotEvery}`, async () => {
      const { refs } = await play({ sum: inline(Sum, undefined, { snapshotEvery }) });
      for (let i = 1; i <= 6; i++) expect(await refs.sum.ask.add(1)).toBe(i);
      expect(await failure(refs.sum.ask.add(100))).toMatchObject({ code: "HandlerFailed" });
      expect(await refs.sum.ask.add(1)).toBe(7);
      expect(await failure(refs.sum.ask.add(100))).toMatchObject({ code: "HandlerFailed" });
      expect(await refs.sum.ask.add(1)).toBe(8);
    });
  }
});

it("an idempotent message runs again with the arguments it was sent with", async () => {
  runs = 0;
  const { refs, app } = await play({ eater: inline(Eater) });
  const answer = refs.eater.ask.eat([1, 2, 3]);
  while (runs === 0) await new Promise(setImmediate);
  app.kill("eater");
  expect(await answer).toBe(3);
  expect(runs).toBe(2);
});
