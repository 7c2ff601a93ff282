import { dynamic, keyed } from "holdfast";
import { describe, expect, it } from "vitest";
import { Tally } from "../../actors/tally.mjs";
import { castingFrom } from "../casting.js";
import { failure, gateOf, levels, plan, play } from "../stage.js";
import { until } from "../until.js";
import { Paper } from "./paper.js";

const at = castingFrom(new URL("../../actors/tally.mjs", import.meta.url));
const durable = { durable: true };

describe.each(levels)("app.forget(), $level", ({ level }) => {
  it("lets an actor begin anew, and its system too", async () => {
    const store = new Paper();
    const tree = () => ({ tally: at(level, Tally, undefined, durable) });
    const first = await play(tree(), {}, { store });
    await first.refs.tally.ask.add(5);
    await first.app.forget("tally");
    expect(store.pieces("app/tally")).toBe("");
    expect(await first.refs.tally.ask.add(1)).toBe(1);
    expect(store.pieces("app/tally")).toBe("base 1, tail 1");
    await first.app.stop();
    const second = await play(tree(), {}, { store });
    expect(await second.refs.tally.ask.total()).toBe(1);
  });

  it("holds what comes after it as it held what came before", async () => {
    const store = new Paper();
    const { refs, app } = await play({ tally: at(level, Tally, undefined, durable) }, {}, { store });
    for (let i = 0; i < 5; i++) await refs.tally.ask.add(1);
    await app.forget("tally");
    await refs.tally.ask.total();
    store.held = true;
    let answered = false;
    const add = refs.tally.ask.add(1).then((total) => {
      answered = true;
      return total;
    });
    await until(() => store.waiting === 1, "the append");
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    store.write();
    expect(await add).toBe(1);
  });

  it("keeps the outcomes that were on their way, and the mail that waits", async () => {
    const store = new Paper();
    const made = plan();
    const { refs, app } = await play(
      { gate: gateOf(made), tally: at(level, Tally, undefined, durable) },
      {},
      { store },
    );
    store.held = true;
    const before = refs.tally.ask.add(5);
    const runs = refs.tally.ask.addAt(refs.gate as never, "here", 10);
    const waits = refs.tally.ask.add(100);
    await made.reached("here");
    const forgotten = app.forget("app/tally");
    store.held = false;
    store.write();
    await forgotten;
    expect(await before).toBe(5);
    // It was executing: it runs again on nothing.
    await made.reached("here", 2);
    made.open("here");
    expect(await runs).toBe(10);
    expect(await waits).toBe(110);
  });

  it("forgets one key, there or not", async () => {
    const store = new Paper();
    const { refs, app } = await play({ tally: keyed(at(level, Tally, undefined, durable)) }, {}, { store });
    for (const key of ["a", "b", "c"]) await refs.tally.key(key).ask.add(5);
    await app.release("tally", "b");
    await app.forget("tally", "a");
    await app.forget("tally", "b");
    expect(await refs.tally.key("a").ask.total()).toBe(0);
    expect(await refs.tally.key("b").ask.total()).toBe(0);
    expect(await refs.tally.key("c").ask.total()).toBe(5);
  });
});

it("a child that was removed is stored until it is forgotten", async () => {
  const store = new Paper();
  const tree = { tallies: dynamic(at("inline", Tally, undefined, durable)) };
  const { refs, app } = await play(tree, {}, { store });
  await (await refs.tallies.spawn("ada")).ask.add(5);
  await refs.tallies.remove("ada");
  const back = await refs.tallies.spawn("ada");
  expect(await back.ask.total()).toBe(5);
  await refs.tallies.remove("ada");
  await app.forget("tallies/ada");
  expect(await (await refs.tallies.spawn("ada")).ask.total()).toBe(0);
});

it("an actor that could not forget goes on as it was", async () => {
  const store = new Paper();
  const { refs, app } = await play({ tally: at("inline", Tally, undefined, durable) }, {}, { store });
  await refs.tally.ask.add(5);
  store.held = true;
  const forgotten = failure(app.forget("tally"));
  await until(() => store.waiting === 1, "the append");
  store.lose();
  store.held = false;
  expect(await forgotten).toMatchObject({ code: "StoreFailed" });
  expect(await refs.tally.ask.total()).toBe(5);
});

it("what cannot be forgotten is told", async () => {
  const store = new Paper();
  const tree = { tally: at("inline", Tally), many: keyed(at("inline", Tally, undefined, durable)) };
  const { app } = await play(tree, {}, { store });
  expect((await failure(app.forget("tally"))).message).toBe("app/tally is not durable: nothing of it is stored");
  expect((await failure(app.forget("tally", "a"))).message).toContain("app/tally has no keys");
  expect((await failure(app.forget("many"))).message).toContain("app.forget(path, key)");
  expect((await failure(app.forget("gone"))).message).toContain('nothing is stored of "gone"');
  expect((await failure(app.forget("gone", "k"))).message).toContain('the key "k" of "gone"');
});
