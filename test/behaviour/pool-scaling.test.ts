import { pool, refTo, type SystemEvent } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, gateOf, levels, plan, play } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

type Scaled = Extract<SystemEvent, { type: "scaled" }>;

/** Each change of size, as "1→4 rule". */
function sizes(events: readonly SystemEvent[]): string[] {
  return scaled(events).map(({ from, to, by }) => `${from}→${to} ${by}`);
}

function scaled(events: readonly SystemEvent[]): Scaled[] {
  return events.filter((event): event is Scaled => event.type === "scaled");
}

describe.each(levels)("an elastic pool, $level", ({ level }) => {
  async function stage(options: { min?: number; max?: number; shrinkAfter?: number }) {
    const { shrinkAfter = 60_000, ...bounds } = options;
    const made = plan();
    // That a handler waits for the test keeps no core busy.
    const scale = { targetWait: 10, shrinkAfter, cpuBound: false };
    const hands = pool(at(level, Hand, { gate }), { ...bounds, scale });
    const scene = await play({ gate: gateOf(made), hands });
    const node = () => scene.app.tree().children![1]!;
    return { made, ...scene, node, members: () => node().children!.length };
  }

  it("grows while mail waits, says why in numbers, and answers all", async () => {
    const { made, refs, node, events } = await stage({ min: 1, max: 3 });
    await refs.hands.ask.say("known by now");
    const asks = [1, 2, 3].map(() => refs.hands.ask.hold("door"));
    await made.reached("door", 3);
    expect(node()).toMatchObject({ scaling: { members: 3, ready: 3, min: 1, max: 3, by: "rule" } });
    made.open("door");
    expect(await Promise.all(asks)).toEqual(["door", "door", "door"]);
    const [first] = scaled(events);
    expect(first).toMatchObject({ path: "app/hands", from: 1, by: "rule", busy: 1 });
    expect(first!.why).toMatch(/^\d+ waiting × .* by 1: .* to wait, over /);
    // It had waited so long, or it would have: on a busy machine the first message may have taken that time itself.
    expect(Math.max(first!.oldestWaitMs!, first!.waiting! * (first!.serviceMs ?? 0))).toBeGreaterThan(10);
  });

  it("shrinks to its least when it idles, and nothing is lost or reported", async () => {
    const { made, refs, members, events, app, letters } = await stage({ min: 1, max: 3, shrinkAfter: 50 });
    await refs.hands.ask.say("known by now");
    const asks = [1, 2, 3].map(() => refs.hands.ask.hold("door"));
    await made.reached("door", 3);
    made.open("door");
    await Promise.all(asks);
    const said = Array.from({ length: 30 }, (_, i) => refs.hands.ask.say(i));
    expect(await Promise.all(said)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    await until(() => members() === 1, "two members to have gone");
    const left = events.flatMap((event) => (event.type === "left" ? [event] : []));
    expect(left.map(({ path }) => path)).toHaveLength(2);
    expect(left[0]).toMatchObject({
      path: expect.stringMatching(/^app\/hands\/\d$/),
      host: expect.stringMatching(/./),
    });
    expect(app.reports()).toEqual([]);
    expect(letters).toEqual([]);
    expect(sizes(events).at(-1)).toMatch(/→1 rule$/);
    expect(await refs.hands.ask.say("serves")).toBe("serves");
  });

  it("has no member while nothing comes, where min is 0: the first mail waits for one", async () => {
    const { refs, node, events } = await stage({ min: 0, max: 2, shrinkAfter: 50 });
    expect(node()).toMatchObject({ state: "running", children: [], scaling: { members: 0 } });
    expect(await refs.hands.ask.say("hello")).toBe("hello");
    expect(sizes(events)).toEqual(["0→1 rule"]);
    await until(() => node().children!.length === 0, "the member to have gone");
    expect(sizes(events)).toEqual(["0→1 rule", "1→0 rule"]);
    expect(await Promise.all([refs.hands.ask.say("and"), refs.hands.ask.say("again")])).toEqual(["and", "again"]);
  });

  it("is held by hand, and given back", async () => {
    const { made, refs, node, events } = await stage({ min: 1, max: 3 });
    await refs.hands.resize(2);
    const asks = [1, 2, 3].map(() => refs.hands.ask.hold("door"));
    await made.reached("door", 2);
    expect(node()).toMatchObject({ mailbox: { waiting: 1 }, scaling: { members: 2, by: "hand", why: "resize(2)" } });
    await refs.hands.resize("auto");
    await made.reached("door", 3);
    made.open("door");
    await Promise.all(asks);
    expect(sizes(events)).toEqual(["1→2 hand", "2→3 rule"]);
  });

  it("serves through a member that dies while others come", async () => {
    const { made, refs, app, node } = await stage({ min: 1, max: 4 });
    const asks = [1, 2, 3, 4].map(() => refs.hands.ask.again("door"));
    await made.reached("door", 2);
    app.kill("hands/1");
    // The one that died is executed once more.
    await made.reached("door", 5);
    made.open("door");
    await Promise.all(asks);
    expect(node().children!.length).toBe(4);
    expect(app.reports().map(({ path }) => path)).toEqual(["app/hands/1"]);
  });
});
