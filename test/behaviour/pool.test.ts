import { type DeathReport, pool, refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Broad, Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

describe.each(levels)("a pool, $level", ({ level }) => {
  const members = (size: number, options = {}) => pool(at(level, Hand, { gate }, options), { size });

  it("gives a message to whoever is free: a slow member holds no mail", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), hands: members(2) });
    const slow = refs.hands.ask.hold("door");
    await made.reached("door");
    const others = await Promise.all([1, 2, 3, 4, 5, 6].map(() => refs.hands.ask.who()));
    expect(new Set(others.map(({ path }) => path)).size).toBe(1);
    made.open("door");
    await slow;
  });

  it("gives a member as many at once as its class may execute, whatever its window", async () => {
    const made = plan();
    const broad = at(level, Broad, { gate });
    const { refs, app } = await play({ gate: gateOf(made), broad: pool(broad, { size: 1 }) });
    const asks = [1, 2, 3, 4, 5].map(() => refs.broad.ask.hold("door"));
    await made.reached("door", 4);
    expect(app.tree().children![1]!.mailbox).toMatchObject({ waiting: 1, executing: 4 });
    made.open("door");
    expect(await Promise.all(asks)).toHaveLength(5);
  });

  it("uses all members at once", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hands: members(3) });
    const asks = [1, 2, 3, 4].map(() => refs.hands.ask.hold("door"));
    await made.reached("door", 3);
    expect(app.tree().children![1]!.mailbox).toMatchObject({ waiting: 1, executing: 3 });
    made.open("door");
    await Promise.all(asks);
  });

  it("serves on while a member dies: what waits goes to the others", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hands: members(2) });
    const held = failure(refs.hands.ask.hold("door"));
    await made.reached("door");
    const busy = app.tree().children![1]!.children!.length;
    expect(busy).toBe(2);
    const one = (await refs.hands.ask.who()).path;
    const other = one.endsWith("/1") ? "hands/2" : "hands/1";
    const waiting = Array.from({ length: 10 }, (_, i) => refs.hands.ask.say(i));
    app.kill(other);
    expect(await held).toMatchObject({ code: "ActorDied" });
    expect(await Promise.all(waiting)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(app.reports()).toMatchObject([{ path: `app/${other}` }] satisfies Partial<DeathReport>[]);
  });

  it("refuses when every member is quarantined, and what waited is told", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      hands: members(2, { guiltyIntensity: { restarts: 0, within: "60s" } }),
    });
    const states = () => app.tree().children![1]!.children!.map(({ state }) => state);
    expect(await failure(refs.hands.ask.fail("one"))).toMatchObject({ code: "HandlerFailed" });
    await until(() => states().includes("quarantined"), "the first to be parked");
    expect(await refs.hands.ask.say("still served")).toBe("still served");
    const last = failure(refs.hands.ask.holdThenThrow("door"));
    await made.reached("door");
    const waiting = failure(refs.hands.ask.say("waits"));
    made.open("door");
    expect(await last).toMatchObject({ code: "HandlerFailed" });
    expect(await waiting).toMatchObject({ code: "Unavailable", retryable: true });
    expect(states()).toEqual(["quarantined", "quarantined"]);
    const error = await failure(refs.hands.ask.say(1));
    expect(error).toMatchObject({ code: "Unavailable" });
    expect(error.message).toContain("all 2 members are quarantined");
  });
});
