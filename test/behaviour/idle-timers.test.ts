import { dynamic, fork, inline, supervisor, system, thread } from "holdfast";
import { expect, it, vi } from "vitest";
import { type Clock, realClock } from "../../src/clock.js";
import { Echo } from "../actors/echo.mjs";

const url = new URL("../actors/echo.mjs", import.meta.url);

/** Time as it is, and every timer that runs, by its length. */
function counted(): { clock: Clock; running: Set<{ ms: number }> } {
  const running = new Set<{ ms: number }>();
  const clock: Clock = {
    ...realClock,
    after(ms, callback, options) {
      const one = { ms };
      running.add(one);
      const done = () => running.delete(one);
      const fire = () => {
        done();
        callback();
      };
      const timer = realClock.after(ms, fire, options);
      const cancel = () => {
        done();
        timer.cancel();
      };
      return { ...timer, cancel };
    },
  };
  return { clock, running };
}

it("a started system that has nothing to do has no timer of less than 100 ms", async () => {
  const { clock, running } = counted();
  const spared = thread<Echo>(url, undefined, { spare: "loaded" });
  const children = { one: inline(Echo), spared, process: fork<Echo>(url), many: dynamic(inline(Echo)) };
  const app = await system(supervisor({}, children), { clock });
  const { one, process, many, spared: inThread } = app.refs;
  for (let n = 0; n < 100; n++) await (await many.spawn()).ask.say(n);
  for (const ref of [one, inThread, process]) await ref.ask.say(1);
  const short = () => [...running].filter(({ ms }) => ms < 100);
  await vi.waitFor(() => expect(short()).toEqual([]), { timeout: 5_000 });
  const began: number[] = [];
  const { add } = running;
  running.add = (one) => {
    began.push(one.ms);
    return add.call(running, one);
  };
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(began.filter((ms) => ms < 100)).toEqual([]);
  expect(running.size).toBeLessThan(10);
  await app.stop();
});
