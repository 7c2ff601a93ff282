import { type App, keyed, refTo, type TreeNode } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand, Ledger, StuckLedger } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play, walls } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

/** The cells of the group, and the keys in each, by name. */
function homes(app: { tree(): TreeNode }, group: string): Map<string, string[]> {
  const node = app.tree().children!.find(({ name }) => name === group)!;
  return new Map(node.children!.map((cell) => [cell.name, cell.children!.map(({ name }) => name)]));
}

function homeOf(app: { tree(): TreeNode }, group: string, key: string): string {
  return [...homes(app, group)].find(([, keys]) => keys.includes(key))![0];
}

const twelve = Array.from({ length: 12 }, (_, i) => `key ${i}`);

describe.each(levels)("a keyed group whose cells come and go, $level", ({ level }) => {
  it("gives a cell that joins its part of the keys, with their state, and leaves the others where they are", async () => {
    const { refs, app, events } = await play({ books: keyed(at(level, Ledger), { cells: { min: 1, max: 3 } }) });
    for (const key of twelve) await refs.books.key(key).ask.add(`of ${key}`);
    await refs.books.resize(3);
    await until(() => [...homes(app, "books").values()].every((keys) => keys.length > 0), "the keys to be spread");
    for (const key of twelve) {
      expect(await refs.books.key(key).ask.add("more")).toBe(2);
      expect(await refs.books.key(key).ask.all()).toEqual([`of ${key}`, "more"]);
    }
    const spread = homes(app, "books");
    expect([...spread.keys()]).toEqual(["cell-1", "cell-2", "cell-3"]);
    const nodes = app.tree().children![0]!.children!;
    for (const cell of nodes) {
      for (const key of cell.children!) expect(key.incarnation).toBe(cell.name === "cell-1" ? 1 : 2);
    }
    expect(events.filter(({ type }) => type === "scaled")).toEqual([
      { type: "scaled", path: "app/books", from: 1, to: 3, by: "hand", why: "resize(3)" },
    ]);
    expect(app.reports()).toEqual([]);
  });

  it("moves the keys of a cell that leaves with their state and their mail, in order, after what executes", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      books: keyed(at(level, Ledger, { gate }), { cells: 2 }),
    });
    for (const key of twelve) await refs.books.key(key).ask.add("first");
    // The emptier one leaves; of two that are as full the younger.
    const of = homes(app, "books");
    const leaves = of.get("cell-1")!.length < of.get("cell-2")!.length ? "cell-1" : "cell-2";
    const key = of.get(leaves)![0]!;
    const held = refs.books.key(key).ask.addHeld("door");
    await made.reached("door");
    const before = ["a", "b", "c"].map((entry) => refs.books.key(key).ask.add(entry));
    const resized = app.resize("books", 1);
    const after = ["d", "e"].map((entry) => refs.books.key(key).ask.add(entry));
    const stays = of.get(leaves === "cell-1" ? "cell-2" : "cell-1")![0]!;
    expect(await refs.books.key(stays).ask.add("meanwhile")).toBe(2);
    expect(homes(app, "books").size).toBe(2);
    made.open("door");
    await resized;
    expect(await held).toBe(2);
    expect(await Promise.all([...before, ...after])).toEqual([3, 4, 5, 6, 7]);
    expect(await refs.books.key(key).ask.all()).toEqual(["first", "door", "a", "b", "c", "d", "e"]);
    expect([...homes(app, "books").keys()]).toEqual([leaves === "cell-1" ? "cell-2" : "cell-1"]);
    for (const other of twelve) expect((await refs.books.key(other).ask.all())[0]).toBe("first");
    expect(app.reports()).toEqual([]);
  });

  it("lets a key without snapshots stay where it is until it is idle; its cell goes with the last of them", async () => {
    const { refs, app } = await play({ hands: keyed(at(level, Hand), { cells: 2, idle: "1m" }) });
    for (const key of twelve) await refs.hands.key(key).ask.keep(`of ${key}`);
    await refs.hands.resize(1);
    const leaving = () => app.tree().children![0]!.children!.find(({ state }) => state === "draining");
    const left = leaving()!.children!.map(({ name }) => name);
    expect(leaving()!.reason).toBe(`leaves: ${left.length} keys stay until they are idle`);
    for (const key of twelve) expect(await refs.hands.key(key).ask.kept()).toBe(`of ${key}`);
    await refs.hands.key("new").ask.say(1);
    expect(homeOf(app, "hands", "new")).not.toBe(leaving()!.name);
    for (const key of left) await app.release("hands", key);
    await until(() => app.tree().children![0]!.children!.length === 1, "the empty cell to go");
    for (const key of left) expect(await refs.hands.key(key).ask.kept()).toBeUndefined();
    expect(app.reports()).toEqual([]);
  });

  it("takes a cell that still leaves back before it opens another", async () => {
    const { refs, app } = await play({ hands: keyed(at(level, Hand), { cells: 2 }) });
    for (const key of twelve) await refs.hands.key(key).ask.keep(`of ${key}`);
    await refs.hands.resize(1);
    await refs.hands.resize("auto");
    expect(app.tree().children![0]!.children).toMatchObject([
      { name: "cell-1", state: "running", incarnation: 1 },
      { name: "cell-2", state: "running", incarnation: 1 },
    ]);
    for (const key of twelve) expect(await refs.hands.key(key).ask.kept()).toBe(`of ${key}`);
  });

  it("lets a stream end where it began", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      hands: keyed(at(level, Hand, { gate }), { cells: 2, idle: 1000 }),
    });
    for (const key of twelve) await refs.hands.key(key).ask.say(1);
    const key = homes(app, "hands").get("cell-2")![0]!;
    const values: unknown[] = [];
    const read = (async () => {
      for await (const value of refs.hands.key(key).ask.countThenHold(2, "door")) values.push(value);
    })();
    await made.reached("door");
    await refs.hands.resize(1);
    const cells = () => app.tree().children![1]!.children!;
    await until(() => cells().length === 1 || cells()[1]!.children!.length === 1, "the idle keys to go");
    expect(homeOf(app, "hands", key)).toBe("cell-2");
    made.open("door");
    await read;
    expect(values).toEqual([1, 2, "after"]);
    expect(app.reports()).toEqual([]);
  });

  it("refuses a size that is none", async () => {
    const { refs, app } = await play({ hands: keyed(at(level, Hand), { cells: { min: 1, max: 2 } }) });
    for (const to of [0, -1, 3, 1.5, Number.NaN]) {
      const error = await failure(refs.hands.resize(to));
      expect(error).toMatchObject({ code: "InvalidValue", retryable: false, details: { max: 2 } });
      expect(error.message).toContain(`resize(${to}): give a whole number from 1 to its most cells, 2, or "auto"`);
    }
    expect(await failure(app.resize("hands/cell-1", 2))).toMatchObject({ code: "InvalidSpec" });
    expect(homes(app as App, "hands").size).toBe(1);
  });
});

describe.each(levels)("a cell that dies while it leaves, $level", ({ level }) => {
  it("is not restarted; its keys go on elsewhere, and what executed runs again on the state before it", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), books: keyed(at(level, Ledger, { gate }), { cells: 2 }) });
    for (const key of twelve) await refs.books.key(key).ask.add("first");
    const of = homes(app, "books");
    const leaves = of.get("cell-1")!.length < of.get("cell-2")!.length ? "cell-1" : "cell-2";
    const key = of.get(leaves)![0]!;
    const held = refs.books.key(key).ask.addHeld("door");
    await made.reached("door");
    const behind = refs.books.key(key).ask.add("behind");
    const resized = refs.books.resize(1);
    app.kill(`books/${leaves}`);
    await made.reached("door", 2);
    made.open("door");
    expect(await held).toBe(2);
    expect(await behind).toBe(3);
    await resized;
    expect(await refs.books.key(key).ask.all()).toEqual(["first", "door", "behind"]);
    expect(homes(app, "books").size).toBe(1);
    expect(app.reports()).toMatchObject([{ path: `app/books/${leaves}`, decision: "stop" }]);
  });
});

describe.each(levels)("a cell over its budget, $level", ({ level }) => {
  const once = { guiltyIntensity: { restarts: 0, within: "60s" }, overBudget: "quarantine" } as const;

  it("is parked, and its keys go on in the others with their state and their mail", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      books: keyed(at(level, Ledger, { gate }, once), { cells: 2 }),
    });
    for (const key of twelve) await refs.books.key(key).ask.add("first");
    const key = homes(app, "books").get("cell-1")![0]!;
    const held = refs.books.key(key).ask.addHeld("door");
    await made.reached("door");
    const behind = refs.books.key(key).ask.add("behind");
    app.kill("books/cell-1");
    await made.reached("door", 2);
    made.open("door");
    expect(await Promise.all([held, behind])).toEqual([2, 3]);
    for (const other of twelve) expect((await refs.books.key(other).ask.all())[0]).toBe("first");
    expect(homes(app, "books").get("cell-1")).toEqual([]);
    expect(app.tree().children![1]!.children![0]!.state).toBe("quarantined");
  });

  it("that was the last fails what waits, and is served again after a restart by hand, with the state of its keys", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), books: keyed(at(level, Ledger, { gate }, once)) });
    await refs.books.key("a").ask.add("first");
    const held = failure(refs.books.key("a").ask.addHeld("door"));
    await made.reached("door");
    app.kill("books/cell-1");
    expect(await held).toMatchObject({ code: "Unavailable", retryable: true });
    for (const key of ["a", "new"]) {
      const error = await failure(refs.books.key(key).ask.add("no"));
      expect(error).toMatchObject({ code: "Unavailable", retryable: true });
      expect(error.message).toContain("all 1 cells are quarantined; the last: ");
    }
    await app.restart("books/cell-1");
    expect(await refs.books.key("a").ask.all()).toEqual(["first"]);
    expect(await refs.books.key("new").ask.add("one")).toBe(1);
  });
});

describe.each(walls)("a key whose stop() never ends while its cell leaves, $level", ({ level }) => {
  it("ends with the cell after its shutdown time, and all its keys go on elsewhere with their state", async () => {
    const { refs, app } = await play({
      books: keyed(at(level, StuckLedger, undefined, { shutdown: 100 }), { cells: 2 }),
    });
    for (const key of twelve) await refs.books.key(key).ask.add("first");
    await refs.books.resize(1);
    expect(homes(app, "books").size).toBe(1);
    for (const key of twelve) expect(await refs.books.key(key).ask.add("second")).toBe(2);
    const [report, ...others] = app.reports();
    expect(others).toEqual([]);
    expect(report).toMatchObject({ cause: { kind: "killed" }, decision: "stop", executing: [] });
    expect(JSON.stringify(report!.cause)).toContain("which did not stop within 100 ms");
  });
});

it("a keyed group refuses bounds that contradict each other, and quotes both", async () => {
  const error = await failure(play({ hands: keyed(at("inline", Hand), { cells: { min: 3, max: 2 } }) }));
  expect(error).toMatchObject({ code: "InvalidSpec", details: { field: "app/hands.cells.min" } });
  expect(error.message).toContain("app/hands.cells.min is 3 and app/hands.cells.max is 2");
});

it.each([
  ["core" as "cores", "app/hands.cells"],
  [{ max: "core" as "cores" }, "app/hands.cells.max"],
] as const)("a keyed group names what its cells could be: %j", async (cells, field) => {
  const error = await failure(play({ hands: keyed(at("inline", Hand), { cells }) }));
  expect(error).toMatchObject({ code: "InvalidSpec", details: { field } });
  expect(error.message).toContain(`${field} is "core": give a whole number above 0, or "cores"`);
});
