import { keyed, refTo, type SystemEvent } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand, Ledger, Wide } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

type Scaled = Extract<SystemEvent, { type: "scaled" }>;
const scaled = (events: readonly SystemEvent[]) => events.filter((event): event is Scaled => event.type === "scaled");

describe.each(levels)("a keyed group that scales by its load, $level", ({ level }) => {
  it("grows while keys wait for each other's cell, says why in numbers, and goes back to its fewest when it is idle", async () => {
    const made = plan();
    const { refs, app, events } = await play({
      gate: gateOf(made),
      books: keyed(at(level, Ledger, { gate }), {
        cells: { min: 1, max: 2 },
        scale: { targetWait: 10, shrinkAfter: 300, cpuBound: false },
      }),
    });
    const keys = Array.from({ length: 8 }, (_, i) => `key ${i}`);
    const held = keys.map((key) => refs.books.key(key).ask.addHeld("door"));
    await made.reached("door", 8);
    const behind = keys.map((key) => refs.books.key(key).ask.add("behind"));
    await until(() => scaled(events).length > 0, "the group to grow");
    const [first] = scaled(events);
    expect(first).toMatchObject({ path: "app/books", from: 1, to: 2, by: "rule", waiting: 14, busy: 1 });
    expect(first!.why).toContain("14 waiting");
    const node = () => app.tree().children![1]!;
    expect(node().scaling).toMatchObject({ members: 2, min: 1, max: 2, by: "rule", why: first!.why });
    made.open("door");
    expect(await Promise.all([...held, ...behind])).toEqual([...keys.map(() => 1), ...keys.map(() => 2)]);
    await until(() => node().children!.length === 1, "the group to shrink");
    expect(scaled(events).at(-1)).toMatchObject({ from: 2, to: 1, by: "rule" });
    for (const key of keys) expect(await refs.books.key(key).ask.all()).toEqual(["door", "behind"]);
    expect(app.reports()).toEqual([]);
  });

  it("does not grow for one key alone: no other cell could take its mail", async () => {
    const made = plan();
    const looks: number[] = [];
    const { refs, events } = await play({
      gate: gateOf(made),
      hands: keyed(at(level, Hand, { gate }), {
        cells: { min: 1, max: 2 },
        scale: {
          rule: (view, _limits, memory) => {
            looks.push(view.waiting);
            return { want: view.members, why: "as it is", memory: memory! };
          },
        },
      }),
    });
    const held = refs.hands.key("hot").ask.hold("door");
    await made.reached("door");
    const behind = [1, 2, 3].map((n) => refs.hands.key("hot").ask.say(n));
    await until(() => looks.length > 2, "the rule to look");
    made.open("door");
    await Promise.all([held, ...behind]);
    expect(new Set(looks)).toEqual(new Set([0]));
    expect(scaled(events)).toEqual([]);
  });

  it("takes a cell more for a key that finds no room, at once; beyond the most it is refused", async () => {
    const { refs, app, events } = await play({
      wide: keyed(at(level, Wide), { cells: { min: 1, max: 2 }, maxKeys: 10 }),
    });
    for (let i = 0; i < 5; i++) expect(await refs.wide.key(`key ${i}`).ask.say(i)).toBe(i);
    expect(app.tree().children![0]!.children).toHaveLength(1);
    for (let i = 5; i < 10; i++) expect(await refs.wide.key(`key ${i}`).ask.say(i)).toBe(i);
    expect(scaled(events)).toMatchObject([
      { from: 1, to: 2, by: "rule", why: "its cells hold as many keys as they can" },
    ]);
    expect(await failure(refs.wide.key("one more").ask.say(1))).toMatchObject({ code: "Unavailable", retryable: true });
  });

  it("leaves a size that is held by hand alone", async () => {
    const { refs, app } = await play({ wide: keyed(at(level, Wide), { cells: { min: 1, max: 2 }, maxKeys: 10 }) });
    await refs.wide.resize(1);
    for (let i = 0; i < 5; i++) expect(await refs.wide.key(`key ${i}`).ask.say(i)).toBe(i);
    expect(await failure(refs.wide.key("one more").ask.say(1))).toMatchObject({ code: "Unavailable", retryable: true });
    await refs.wide.resize("auto");
    expect(await refs.wide.key("one more").ask.say(1)).toBe(1);
    expect(app.tree().children![0]!.scaling).toMatchObject({ members: 2, by: "rule" });
  });
});

it("a keyed group refuses to scale a fixed number of cells", async () => {
  const error = await failure(play({ hands: keyed(at("inline", Hand), { cells: 2, scale: { targetWait: 10 } }) }));
  expect(error).toMatchObject({ code: "InvalidSpec", details: { field: "app/hands.scale" } });
});
