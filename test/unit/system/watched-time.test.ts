import { expect, it } from "vitest";
import { WatchedTime } from "../../../src/system/cell/watched-time.js";

/** Looks that were promised for one moment and happened at another. */
function watched(...looks: [promised: number, happened: number][]): WatchedTime {
  const time = new WatchedTime();
  for (const [promised, happened] of looks) {
    time.promise(promised);
    time.look(happened);
  }
  return time;
}

it("a look on time misses nothing, nor one that is late by what timers are", () => {
  expect(watched([100, 100], [200, 209.9]).missed(0)).toBe(0);
  expect(watched([100, 90]).missed(0)).toBe(0);
});

it("a look that is late by L misses L, and says so", () => {
  const time = new WatchedTime();
  time.promise(100);
  expect(time.look(350)).toBe(250);
  expect(time.missed(0)).toBe(250);
  // The same look again is another one, of which nothing was promised.
  expect(time.look(900)).toBe(0);
  expect(time.missed(0)).toBe(250);
});

it("what began in a gap missed the rest of it, and what began after it nothing", () => {
  const time = watched([100, 350], [400, 400], [500, 600]);
  expect(time.missed(300)).toBe(150);
  expect(time.missed(350)).toBe(100);
  expect(time.missed(600)).toBe(0);
});

it("a watcher at rest has missed nothing", () => {
  const time = watched([100, 350]);
  time.promise(400);
  time.rest();
  expect(time.look(9000)).toBe(0);
  expect(time.missed(0)).toBe(0);
});

it("of very many gaps the sum stays exact for what is older than all, and too generous for nobody younger than the rest", () => {
  const time = new WatchedTime();
  for (let i = 0; i < 1000; i++) {
    time.promise(100 * i + 10);
    time.look(100 * i + 60);
  }
  expect(time.missed(0)).toBe(50_000);
  expect(time.missed(90_000)).toBe(5000);
});
