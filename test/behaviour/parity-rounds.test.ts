import { execFileSync } from "node:child_process";
import { Actor, broadcast, firstCompleted, inline, majority, parity } from "holdfast";
import { expect, it } from "vitest";
import { Scorer } from "../actors/answers.mjs";
import { castingFrom } from "./casting.js";
import { failure, levels, play } from "./stage.js";

const at = castingFrom(new URL("../actors/answers.mjs", import.meta.url));

it.each(levels)("a tensor stays its owner's: each member gets a copy, $level", async ({ level }) => {
  const { app, refs } = await play({
    one: parity(at(level, Scorer), { size: 2, linear: ["sum"] }),
    all: broadcast(at(level, Scorer), { size: 2 }),
  });
  const tensor = app.tensor("float32", [3]);
  tensor.data.set([1, 2, 3]);
  expect(await refs.one.ask.sum(tensor)).toBe(6);
  expect(await refs.all.ask.sum(tensor)).toMatchObject([{ value: 6 }, { value: 6 }]);
  tensor.release();
});

it("a caller whose signal has fired asks nobody", async () => {
  const { refs } = await play({
    one: parity(inline(Scorer), { size: 2, linear: ["score"] }),
    sure: majority(inline(Scorer)),
    all: broadcast(inline(Scorer), { size: 2 }),
    quick: firstCompleted(inline(Scorer), { size: 2 }),
  });
  const signal = AbortSignal.abort();
  for (const ref of [refs.one, refs.sure, refs.all, refs.quick]) {
    const error = await failure(ref.with({ signal }).ask.score({ total: 1, label: "a" }));
    expect(error).toMatchObject({ code: "Cancelled", retryable: true });
  }
});

it("no parity ask is made of answers that are all there", async () => {
  let ran = 0;
  class Counting extends Actor {
    score(n: number) {
      ran++;
      return n;
    }
  }
  const { refs } = await play({ them: parity(inline(Counting), { size: 3, linear: ["score"], wait: "20ms" }) });
  expect(await refs.them.ask.score(1)).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(ran).toBe(1);
});

it("two that are down are not asked while others serve", async () => {
  const none = { restarts: 0, within: "1m" } as const;
  const member = inline(Scorer, undefined, { intensity: none, guiltyIntensity: none });
  const { app, refs } = await play({ them: parity(member, { size: 4, linear: ["score"], wait: "1s" }) });
  const orders = { 1: "throw", 2: "throw" } as const;
  await Promise.allSettled([1, 2, 3].map((total) => refs.them.ask.score({ total, label: "a" }, orders)));
  const states = () => app.tree().children?.[0]?.children?.map(({ state }) => state);
  await expect.poll(states, { timeout: 5000 }).toEqual(["quarantined", "quarantined", "running", "running"]);
  const quick = refs.them.with({ timeout: "5s" });
  const asks = [1, 2, 3, 4].map((total) => quick.ask.score({ total, label: "a" }));
  expect((await Promise.all(asks)).map(({ total }) => total)).toEqual([3, 5, 7, 9]);
});

it("a majority that was resized to one member has no answer", async () => {
  const { refs } = await play({ sure: majority(inline(Scorer)) });
  await refs.sure.resize(1);
  const { code, message } = await failure(refs.sure.ask.squared(3));
  expect([code, message]).toEqual(["Unavailable", expect.stringContaining("has 1 members, and 2 have to agree")]);
});

it("a group that takes asks does not keep a process that has stopped its app", () => {
  const script = `
    import { Actor, inline, parity, supervisor, system } from "holdfast";
    class One extends Actor { score(n) { return n; } }
    const app = await system(supervisor({}, { them: parity(inline(One), { linear: ["score"], size: 3, wait: "10m" }) }));
    console.log(await app.refs.them.ask.score(1));
    await app.stop();`;
  const args = ["--input-type=module", "-e", script];
  expect(execFileSync(process.execPath, args, { encoding: "utf8", timeout: 30_000 })).toBe("1\n");
});
