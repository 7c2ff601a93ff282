import { expect, it } from "vitest";
import {
  DOWN,
  incarnationIn,
  PHASE,
  PLAIN,
  PRESENT,
  STARTING,
  startOfNext,
  UP,
} from "../../../src/system/actor/phase.js";

it("the next incarnation is starting, is with its host, and has said nothing of its stop()", () => {
  const first = startOfNext(DOWN);
  expect([incarnationIn(first), first & PHASE, first & PRESENT, first & PLAIN]).toEqual([1, STARTING, PRESENT, 0]);
  const second = startOfNext((first & ~(PHASE | PRESENT)) | UP | PLAIN);
  expect([incarnationIn(second), second & PHASE, second & PRESENT, second & PLAIN]).toEqual([2, STARTING, PRESENT, 0]);
});

it("the number of an incarnation stays positive and in a small integer, and is never again that of the first", () => {
  let standing = startOfNext(DOWN);
  const last = 2 ** 26 - 1;
  standing = (standing & 0b1111) | ((last - 1) << 4);
  const seen = [0, 1, 2].map(() => {
    standing = startOfNext(standing);
    expect(standing).toBeGreaterThan(0);
    return incarnationIn(standing);
  });
  expect(seen).toEqual([last, 2, 3]);
});
