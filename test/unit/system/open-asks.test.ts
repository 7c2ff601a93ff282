import { expect, it } from "vitest";
import { OpenAsks } from "../../../src/system/cell/open-asks.js";

it("the end of an asker cancels what it asked, and looks at nobody else's", () => {
  const asks = new OpenAsks();
  const [first, second] = [asks.add(1, 10), asks.add(1, 11)];
  const others = Array.from({ length: 1000 }, (_, n) => asks.add(2 + n, 100 + n));
  asks.delete(11);
  asks.cancelFor(1);
  expect([first, second].map(({ signal }) => signal.aborted)).toEqual([true, false]);
  expect(others.some(({ signal }) => signal.aborted)).toBe(false);
  asks.cancelAll();
  expect(others.every(({ signal }) => signal.aborted)).toBe(true);
});

it("an ask that leaves when it is cancelled leaves none of its asker's out", () => {
  const asks = new OpenAsks();
  const all = [1, 2, 3].map((call) => {
    const { signal } = asks.add(7, call);
    signal.addEventListener("abort", () => asks.delete(call));
    return signal;
  });
  asks.cancelFor(7);
  expect(all.map(({ aborted }) => aborted)).toEqual([true, true, true]);
  asks.cancelFor(7);
});
