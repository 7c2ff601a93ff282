import { describe, expect, it } from "vitest";
import { Journal, Plain, Stranger, Sum, Total } from "../../actors/versions.mjs";
import { castingFrom } from "../casting.js";
import { failure, gateOf, levels, plan, play, walls } from "../stage.js";
import { until } from "../until.js";
import { Paper } from "./paper.js";

const at = castingFrom(new URL("../../actors/versions.mjs", import.meta.url));

/** One life of a system with one durable actor, stopped at its end. */
async function life<A, R>(
  store: Paper,
  actor: () => Parameters<typeof play>[0][string],
  run: (ref: A, scene: Awaited<ReturnType<typeof play>>) => Promise<R>,
): Promise<R> {
  const scene = await play({ sum: actor() }, {}, { store });
  const result = await run(scene.refs.sum as A, scene);
  await scene.app.stop();
  return result;
}

describe.each(levels)("a durable event-sourced actor, $level", ({ level }) => {
  const journal = () => at(level, Journal, undefined, { durable: true });
  const sum = () => at(level, Sum, undefined, { durable: true, snapshotEvery: 3 });

  it("is built again from its events when its system starts again", async () => {
    const store = new Paper();
    const first = await play({ journal: journal() }, {}, { store });
    expect(await first.refs.journal.ask.write("a", { b: new Map([[1, new Date(2)]]) })).toBe(2);
    expect(await first.refs.journal.ask.write("c", 10n)).toBe(4);
    await first.app.stop();
    expect(store.pieces("app/journal")).toBe("tail 1, tail 2");
    const second = await play({ journal: journal() }, {}, { store });
    expect(await second.refs.journal.ask.read()).toEqual([4, 10n]);
    expect(await second.refs.journal.ask.write("e")).toBe(5);
    await second.app.stop();
    const third = await play({ journal: journal() }, {}, { store });
    expect(await third.refs.journal.ask.read()).toEqual([5, "e"]);
  });

  it("is built again from its snapshot and the events since", async () => {
    const store = new Paper();
    const first = await play({ sum: sum() }, {}, { store });
    for (let i = 1; i <= 5; i++) await first.refs.sum.ask.add(i);
    await first.app.stop();
    expect(store.pieces("app/sum")).toBe("base 4, tail 1, tail 2, tail 3, tail 4, tail 5");
    const second = await play({ sum: sum() }, {}, { store });
    expect(await second.refs.sum.ask.sum()).toBe(15);
    expect(await second.refs.sum.ask.from()).toBe("snapshot 10");
  });

  it("stores nothing for a message in which nothing happened, and all events of one in one piece", async () => {
    const store = new Paper();
    const { refs } = await play({ journal: journal() }, {}, { store });
    await refs.journal.ask.read();
    await refs.journal.ask.write();
    expect(store.pieces("app/journal")).toBe("");
    await refs.journal.ask.write(1, 2, 3);
    expect(store.pieces("app/journal")).toBe("tail 1");
  });

  it("has more events than are kept in memory, and is built again from all of them", async () => {
    const store = new Paper();
    const first = await play({ journal: journal() }, {}, { store });
    for (let i = 0; i < 5; i++) await first.refs.journal.ask.fill(5000);
    // In its place: what is not in memory any more comes from the store.
    first.app.kill("journal");
    expect(await first.refs.journal.ask.write("more")).toBe(25_001);
    await first.app.stop();
    const second = await play({ journal: journal() }, {}, { store });
    expect(await second.refs.journal.ask.read()).toEqual([25_001, "more"]);
    second.app.kill("journal");
    expect(await second.refs.journal.ask.read()).toEqual([25_001, "more"]);
  });

  it("is undone where its events cannot be stored", async () => {
    const store = new Paper();
    const { refs } = await play({ sum: sum() }, {}, { store });
    for (let i = 0; i < 4; i++) await refs.sum.ask.add(1);
    store.held = true;
    const lost = failure(refs.sum.ask.add(100));
    await until(() => store.waiting === 1, "an append");
    store.lose();
    expect(await lost).toMatchObject({ code: "StoreFailed", retryable: true });
    store.held = false;
    expect(await refs.sum.ask.add(1)).toBe(5);
  });

  it("tells of events that are none where their turn comes, and is parked with what is stored as it is", async () => {
    const store = new Paper();
    await life<{ ask: Journal }, void>(store, journal, async (ref) => {
      for (let i = 0; i < 3; i++) await ref.ask.write(i);
    });
    store.spoil("app/sum", 2);
    const error = await failure(play({ sum: journal() }, {}, { store }));
    expect(error).toMatchObject({ code: "StoreDamaged", message: expect.stringContaining("app/sum") });
    expect(store.pieces("app/sum")).toBe("tail 1, tail 2, tail 3");
  });
});

describe.each(levels)("a stored state of another version, $level", ({ level }) => {
  const options = { durable: true, snapshotEvery: 3 };

  async function withFive(store: Paper): Promise<void> {
    await life<{ ask: Sum }, void>(
      store,
      () => at(level, Sum, undefined, options),
      async (ref) => {
        for (let i = 1; i <= 5; i++) await ref.ask.add(i);
      },
    );
  }

  it("is what its class makes of it, its snapshot and its events", async () => {
    const store = new Paper();
    await withFive(store);
    const second = await play({ sum: at(level, Total, undefined, options) }, {}, { store });
    expect(await second.refs.sum.ask.sum()).toBe(15);
    expect(await second.refs.sum.ask.from()).toBe("version 1");
    // Also from memory.
    second.app.kill("sum");
    expect(await second.refs.sum.ask.add(6)).toBe(21);
    expect(await second.refs.sum.ask.from()).toBe("version 1");
    await second.app.stop();
    // Now events of both versions stand behind a snapshot of the first.
    const third = await play({ sum: at(level, Total, undefined, options) }, {}, { store });
    expect(await third.refs.sum.ask.sum()).toBe(21);
    for (let i = 0; i < 4; i++) await third.refs.sum.ask.add(1);
    await third.app.stop();
    const fourth = await play({ sum: at(level, Total, undefined, options) }, {}, { store });
    expect(await fourth.refs.sum.ask.sum()).toBe(25);
    expect(await fourth.refs.sum.ask.from()).toBe("version 2");
  });

  it("is refused by name where its class says nothing of it, and stays as it is", async () => {
    const store = new Paper();
    await withFive(store);
    const before = store.pieces("app/sum");
    const error = await failure(play({ sum: at(level, Stranger, undefined, options) }, {}, { store }));
    expect(error).toMatchObject({ code: "StateRefused", details: { stored: 1, expected: 3 } });
    expect(error.message).toMatch(/app\/sum.*of version 1.*Stranger is of version 3/);
    expect(store.pieces("app/sum")).toBe(before);
    const again = await play({ sum: at(level, Sum, undefined, options) }, {}, { store });
    expect(await again.refs.sum.ask.sum()).toBe(15);
  });

  it("parks its actor alone where others were promised to start, and tries it once", async () => {
    const store = new Paper();
    await withFive(store);
    const tree = { sum: at(level, Stranger, undefined, options), other: at(level, Plain) };
    const { refs, app } = await play(tree, {}, { store, start: "background" });
    expect(await refs.other.ask.add(1)).toBe(1);
    const error = await failure(refs.sum.ask.sum());
    expect(error).toMatchObject({ code: "Unavailable", message: expect.stringContaining("of version 1") });
    expect(app.tree().children!.find(({ name }) => name === "sum")).toMatchObject({ state: "quarantined" });
    expect(store.pieces("app/sum")).toContain("base 4");
  });
});

describe.each(levels)("a snapshot that cannot be restored, $level", ({ level }) => {
  const sum = (damage: object) => () => at(level, Sum, damage, { durable: true, snapshotEvery: 3 });
  const plain = (damage: object) => () => at(level, Plain, damage, { durable: true });

  async function withNine(store: Paper): Promise<void> {
    await life<{ ask: Sum }, void>(store, sum({}), async (ref) => {
      for (let i = 0; i < 9; i++) await ref.ask.add(1);
    });
    expect(store.pieces("app/sum")).toBe("base 8, base 4, tail 5, tail 6, tail 7, tail 8, tail 9");
  }

  it("gives way to the one before, with what came after that", async () => {
    const store = new Paper();
    await withNine(store);
    const { refs, app } = await play({ sum: sum({ lost: [8] })() }, {}, { store });
    expect(await refs.sum.ask.sum()).toBe(9);
    expect(await refs.sum.ask.from()).toBe("snapshot 4");
    app.kill("sum");
    for (let i = 0; i < 8; i++) expect(await refs.sum.ask.add(1)).toBe(10 + i);
    // By now both of them are newer than the lost one.
    await app.stop();
    expect(store.pieces("app/sum")).toMatch(/^base 1\d, base (9|1\d),/);
    const again = await play({ sum: sum({ lost: [8] })() }, {}, { store });
    expect(await again.refs.sum.ask.sum()).toBe(17);
  });

  it("gives way after a death as well, and that is told", async () => {
    const store = new Paper();
    const { refs, app, events } = await play({ sum: sum({ lost: [4] })() }, {}, { store });
    for (let i = 0; i < 5; i++) await refs.sum.ask.add(1);
    expect(store.pieces("app/sum")).toContain("base 4");
    app.kill("sum");
    expect(await refs.sum.ask.sum()).toBe(5);
    expect(await refs.sum.ask.from()).toBe("nothing");
    expect(events.filter(({ type }) => type === "state-fell-back")).toMatchObject([
      { path: "app/sum", error: { message: "cannot restore 4" } },
    ]);
    expect(app.reports()).toHaveLength(1);
  });

  it("gives way to the very beginning where it is the only one, of messages that run again too", async () => {
    const store = new Paper();
    await life<{ ask: Plain }, void>(store, plain({}), async (ref) => {
      await ref.ask.add(7);
    });
    expect(store.pieces("app/sum")).toBe("base 1, tail 1");
    const again = await life<{ ask: Plain }, unknown[]>(store, plain({ lost: [7] }), async (ref) => [
      await ref.ask.sum(),
      await ref.ask.from(),
      await ref.ask.add(1),
    ]);
    expect(again).toEqual([7, "nothing", 8]);
  });

  it("parks its actor where the one before cannot be restored either: two tries, and what is stored stays", async () => {
    const store = new Paper();
    await withNine(store);
    const reads = store.reads;
    const error = await failure(play({ sum: sum({ lost: [8, 4] })() }, {}, { store }));
    expect(error).toMatchObject({
      code: "StateRefused",
      message: expect.stringContaining("restore() threw cannot restore 4"),
    });
    expect(error.message).toContain("app/sum cannot be built again from what is stored, which stays as it is");
    expect(store.reads - reads).toBe(3);
    expect(store.pieces("app/sum")).toBe("base 8, base 4, tail 5, tail 6, tail 7, tail 8, tail 9");
  });

  it("does so after a death too, in its place, and is never tried for ever", async () => {
    const store = new Paper();
    await withNine(store);
    const options = { durable: true, snapshotEvery: 100, overBudget: "escalate" } as const;
    const scene = await play({ sum: at(level, Sum, { spoiled: 1000 }, options) }, {}, { store });
    const { refs, app } = scene;
    expect(await failure(refs.sum.ask.add(1000))).toMatchObject({ code: "HandlerFailed" });
    expect(await refs.sum.ask.sum()).toBe(9);
    await app.stop();
    const bad = await play({ sum: at(level, Sum, { spoiled: 1 }, options) }, {}, { store, start: "background" });
    expect(await failure(bad.refs.sum.ask.sum())).toMatchObject({
      code: "Unavailable",
      message: expect.stringContaining("apply() threw cannot apply 1"),
    });
    expect(bad.app.tree().children![0]).toMatchObject({ state: "quarantined" });
  });
});

describe.each(levels)("the number of a message, $level", ({ level }) => {
  const plain = () => at(level, Plain, undefined, { durable: true });

  it("rises, and is never given twice, over starts of the process too", async () => {
    const store = new Paper();
    const numbers: number[] = [];
    for (let i = 0; i < 3; i++) {
      await life<{ ask: Plain }, void>(store, plain, async (ref) => {
        for (let j = 0; j < 3; j++) numbers.push(await ref.ask.number());
      });
    }
    expect(new Set(numbers).size).toBe(9);
    expect([...numbers].sort((a, b) => a - b)).toEqual(numbers);
    expect(numbers.every(Number.isSafeInteger)).toBe(true);
  });

  it("is refused to an actor that is not durable: it would be given again", async () => {
    const { refs } = await play({ plain: at(level, Plain) });
    const error = await failure(refs.plain.ask.number());
    expect(error).toMatchObject({ code: "HandlerFailed", message: expect.stringContaining("durable: true") });
  });
});

describe.each(walls)("the number of a message behind a wall, $level", ({ level }) => {
  it("is the same when it runs again", async () => {
    const store = new Paper();
    const gate = plan();
    const tree = { gate: gateOf(gate), plain: at(level, Plain, undefined, { durable: true }) };
    const { refs, app } = await play(tree, {}, { store });
    const asked = refs.plain.ask.numberAt(refs.gate as never, "door");
    await gate.reached("door");
    app.kill("plain");
    await gate.reached("door", 2);
    gate.open("door");
    const number = await asked;
    expect(gate.notes).toEqual([`door ${number}`, `door ${number}`]);
    expect(await refs.plain.ask.number()).toBeGreaterThan(number);
  });
});
