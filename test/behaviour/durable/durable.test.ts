import { HoldfastError, keyed } from "holdfast";
import { describe, expect, it } from "vitest";
import { Tally } from "../../actors/tally.mjs";
import { castingFrom } from "../casting.js";
import { failure, gateOf, levels, plan, play, walls } from "../stage.js";
import { until } from "../until.js";
import { Paper } from "./paper.js";

const at = castingFrom(new URL("../../actors/tally.mjs", import.meta.url));

describe.each(levels)("a durable actor, $level", ({ level }) => {
  it("goes on where it was when its system starts again", async () => {
    const store = new Paper();
    const first = await play({ tally: at(level, Tally, undefined, { durable: true }) }, {}, { store });
    expect(await first.refs.tally.ask.add(2)).toBe(2);
    expect(await first.refs.tally.ask.add(3)).toBe(5);
    first.refs.tally.tell.add(10);
    await first.app.stop();
    expect(store.closed).toBe(1);
    const second = await play({ tally: at(level, Tally, undefined, { durable: true }) }, {}, { store });
    expect(await second.refs.tally.ask.total()).toBe(15);
    expect(await second.refs.tally.ask.add(1)).toBe(16);
  });

  it("is rebuilt from messages where the last of them brought no snapshot", async () => {
    const store = new Paper();
    const tree = () => ({ tally: at(level, Tally, undefined, { durable: true, snapshotEvery: 3 }) });
    const first = await play(tree(), {}, { store });
    for (let i = 1; i <= 8; i++) expect(await first.refs.tally.ask.add(i)).toBe((i * (i + 1)) / 2);
    await first.app.stop();
    expect(store.pieces("app/tally")).toBe("base 6, base 3, tail 4, tail 5, tail 6, tail 7, tail 8");
    const second = await play(tree(), {}, { store });
    expect(await second.refs.tally.ask.total()).toBe(36);
  });

  it("holds an outcome until it is durable, and runs the next message meanwhile", async () => {
    const store = new Paper();
    const { refs } = await play({ tally: at(level, Tally, undefined, { durable: true }) }, {}, { store });
    store.held = true;
    const answers: number[] = [];
    const asks = [1, 2, 3].map((by) => refs.tally.ask.add(by).then((total) => answers.push(total)));
    await until(() => store.waiting === 3, "three appends");
    expect(answers).toEqual([]);
    store.write(2);
    await Promise.all(asks.slice(0, 2));
    expect(answers).toEqual([1, 3]);
    store.write();
    await asks[2];
    expect(answers).toEqual([1, 3, 6]);
  });

  it("writes nothing for a message that changed nothing, whose outcome waits for what it has seen", async () => {
    const store = new Paper();
    const { refs } = await play({ tally: at(level, Tally, undefined, { durable: true }) }, {}, { store });
    await refs.tally.ask.add(1);
    const before = store.batches.length;
    expect(await refs.tally.ask.total()).toBe(1);
    expect(store.batches.length).toBe(before);
    store.held = true;
    let seen: number | undefined;
    const add = refs.tally.ask.add(1);
    const look = refs.tally.ask.total().then((total) => {
      seen = total;
    });
    await until(() => store.waiting === 1, "one append");
    await refs.tally
      .with({ timeout: 50 })
      .ask.total()
      .catch(() => {});
    expect(seen).toBeUndefined();
    store.write();
    await add;
    await look;
    expect(seen).toBe(2);
  });

  it("is undone where it cannot be stored: nothing acknowledged is lost, nothing else is kept", async () => {
    const store = new Paper();
    const { refs, app } = await play({ tally: at(level, Tally, undefined, { durable: true }) }, {}, { store });
    expect(await refs.tally.ask.add(1)).toBe(1);
    store.held = true;
    const lost = [10, 20].map((by) => failure(refs.tally.ask.add(by)));
    const looked = refs.tally.ask.total().catch(({ code }: HoldfastError) => code);
    await until(() => store.waiting === 2, "two appends");
    store.lose();
    for (const one of lost) expect(await one).toMatchObject({ code: "StoreFailed", retryable: true });
    // It had seen what is undone, or not run yet.
    expect(["StoreFailed", 1]).toContain(await looked);
    store.held = false;
    expect(await refs.tally.ask.total()).toBe(1);
    expect(await refs.tally.ask.add(5)).toBe(6);
    const [report] = app.reports();
    expect(report).toMatchObject({
      path: "app/tally",
      cause: { kind: "unstored" },
      decision: "restart",
      level: "in-place",
    });
  });

  it("loses no more than what was refused for itself, and what came after it", async () => {
    const store = new Paper();
    const { refs } = await play({ tally: at(level, Tally, undefined, { durable: true }) }, {}, { store });
    store.held = true;
    const before = [1, 2].map((by) => refs.tally.ask.add(by));
    await until(() => store.waiting === 2, "two appends");
    const refused = failure(refs.tally.ask.add(10));
    await until(() => store.waiting === 3, "a third");
    store.refuse();
    expect(await refused).toMatchObject({ code: "StoreFailed" });
    store.held = false;
    store.write();
    expect(await Promise.all(before)).toEqual([1, 3]);
    expect(await refs.tally.ask.add(100)).toBe(103);
  });

  it("refuses its mail while the store takes nothing, and goes on when it does", async () => {
    const store = new Paper();
    const { refs, app } = await play({ tally: at(level, Tally, undefined, { durable: true }) }, {}, { store });
    store.failure = new HoldfastError("StoreFailed", "the disk is full");
    const error = await failure(refs.tally.ask.add(1));
    expect(error).toMatchObject({ code: "StoreFailed", retryable: true });
    expect(error.message).toContain("was not run");
    store.failure = undefined;
    expect(await refs.tally.ask.add(1)).toBe(1);
    expect(app.reports()).toEqual([]);
  });

  it("stores what a refusal had changed, and nothing of what threw", async () => {
    const store = new Paper();
    const tree = () => ({ tally: at(level, Tally, undefined, { durable: true }) });
    const first = await play(tree(), {}, { store });
    expect(await failure(first.refs.tally.ask.refuses(1))).toMatchObject({ code: "Refused" });
    expect(await failure(first.refs.tally.ask.throws(10))).toMatchObject({ code: "HandlerFailed" });
    expect(await first.refs.tally.ask.add(100)).toBe(101);
    await first.app.stop();
    const second = await play(tree(), {}, { store });
    expect(await second.refs.tally.ask.total()).toBe(101);
  });

  it("stores the effect of a message whose caller gave up", async () => {
    const store = new Paper();
    const made = plan();
    const tree = { gate: gateOf(made), tally: at(level, Tally, undefined, { durable: true }) };
    const { refs } = await play(tree, {}, { store });
    const caller = new AbortController();
    const ask = failure(refs.tally.with({ signal: caller.signal }).ask.addAt(refs.gate as never, "here", 7));
    await made.reached("here");
    caller.abort();
    expect(await ask).toMatchObject({ code: "Cancelled", retryable: false });
    made.open("here");
    expect(await refs.tally.ask.total()).toBe(7);
    expect(store.pieces("app/tally")).toBe("base 1, tail 1");
  });

  it("tells who gives up while an outcome is held that it has run", async () => {
    const store = new Paper();
    const { refs } = await play({ tally: at(level, Tally, undefined, { durable: true }) }, {}, { store });
    store.held = true;
    const caller = new AbortController();
    const ask = failure(refs.tally.with({ signal: caller.signal }).ask.add(7));
    await until(() => store.waiting === 1, "an append");
    caller.abort();
    expect(await ask).toMatchObject({ code: "Cancelled", retryable: false, details: { started: true } });
    store.held = false;
    store.write();
    expect(await refs.tally.ask.total()).toBe(7);
  });

  it("answers what it had run when its system is stopped meanwhile", async () => {
    const store = new Paper();
    const { refs, app } = await play({ tally: at(level, Tally, undefined, { durable: true }) }, {}, { store });
    store.held = true;
    const asks = [1, 2, 3].map((by) => refs.tally.ask.add(by));
    await until(() => store.waiting === 3, "three appends");
    const stopped = app.stop({ drain: 0 });
    expect(await Promise.all(asks)).toEqual([1, 3, 6]);
    await stopped;
  });

  it("holds the end of a stream, not its values", async () => {
    const store = new Paper();
    const { refs } = await play({ tally: at(level, Tally, undefined, { durable: true }) }, {}, { store });
    await refs.tally.ask.add(1);
    store.held = true;
    const values: number[] = [];
    let ended = false;
    const reading = (async () => {
      for await (const value of refs.tally.ask.count(3)) values.push(value);
      ended = true;
    })();
    await until(() => store.waiting === 1, "an append");
    await until(() => values.length === 3, "the values");
    expect(ended).toBe(false);
    store.held = false;
    store.write();
    await reading;
    expect(await refs.tally.ask.total()).toBe(4);
  });

  it("keeps each key's state, also when the key has gone and come back", async () => {
    const store = new Paper();
    const tree = () => ({ tally: keyed(at(level, Tally, undefined, { durable: true })) });
    const first = await play(tree(), {}, { store });
    await first.refs.tally.key("a").ask.add(1);
    await first.refs.tally.key("b").ask.add(2);
    await first.app.release("tally", "a");
    expect(await first.refs.tally.key("a").ask.add(10)).toBe(11);
    await first.app.stop();
    const second = await play(tree(), {}, { store });
    expect(await second.refs.tally.key("a").ask.total()).toBe(11);
    expect(await second.refs.tally.key("b").ask.total()).toBe(2);
    expect(store.pieces("app/tally#b")).toBe("base 1, tail 1");
  });

  it("undoes a key alone", async () => {
    const store = new Paper();
    const { refs } = await play({ tally: keyed(at(level, Tally, undefined, { durable: true })) }, {}, { store });
    await refs.tally.key("a").ask.add(1);
    await refs.tally.key("b").ask.add(2);
    const ran = await refs.tally.key("b").ask.ran();
    store.held = true;
    const lost = failure(refs.tally.key("a").ask.add(10));
    await until(() => store.waiting === 1, "an append");
    store.lose();
    expect(await lost).toMatchObject({ code: "StoreFailed" });
    store.held = false;
    expect(await refs.tally.key("a").ask.total()).toBe(1);
    expect(await refs.tally.key("b").ask.ran()).toBe(ran);
  });
});

describe.each(walls)("a durable actor behind a wall, $level", ({ level }) => {
  it("goes on after its host died, with what was run and not yet stored", async () => {
    const store = new Paper();
    const { refs, app } = await play(
      { tally: at(level, Tally, undefined, { durable: true, snapshotEvery: 4 }) },
      {},
      { store },
    );
    for (let i = 0; i < 6; i++) await refs.tally.ask.add(1);
    store.held = true;
    const held = refs.tally.ask.add(1);
    await until(() => store.waiting === 1, "an append");
    app.kill("tally");
    const next = refs.tally.ask.add(1);
    await until(() => store.waiting === 2, "the next append");
    store.write();
    expect(await held).toBe(7);
    expect(await next).toBe(8);
  });

  it("is undone by a failure that is heard of while it starts again", async () => {
    const store = new Paper();
    const { refs, app } = await play(
      { tally: at(level, Tally, undefined, { durable: true, snapshotEvery: 4 }) },
      {},
      { store },
    );
    for (let i = 0; i < 6; i++) await refs.tally.ask.add(1);
    store.held = true;
    const held = failure(refs.tally.ask.add(10));
    await until(() => store.waiting === 1, "an append");
    app.kill("tally");
    store.lose();
    store.held = false;
    expect(await held).toMatchObject({ code: "StoreFailed" });
    expect(await refs.tally.ask.add(1)).toBe(7);
  });
});
