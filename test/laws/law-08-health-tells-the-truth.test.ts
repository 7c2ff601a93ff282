import { pool, refTo, type TreeNode } from "holdfast";
import { describe, expect, it } from "vitest";
import { healthOf } from "../../src/observe/health.js";
import { Hand, SlowStarter } from "../actors/cast.mjs";
import type { Gate } from "../behaviour/gate.js";
import { at, gateOf, levels, plan, play } from "../behaviour/stage.js";
import { until } from "../behaviour/until.js";

const gate = refTo<Gate>("gate");

/* Law 8. Ready means that a request sent now would be answered. Reasons in the body. The tree is what health is read from. */
describe.each(levels)("law 8, health tells the truth, $level", ({ level }) => {
  it("a child says running only while it would answer", async () => {
    const made = plan();
    const { app, refs } = await play(
      { gate: gateOf(made), slow: at(level, SlowStarter, { name: "slow", gate, held: "door" }) },
      {},
      { start: "background" },
    );
    await made.reached("door");
    expect(node(app, "slow").state).toBe("starting");
    made.open("door");
    await app.ready();
    expect(node(app, "slow").state).toBe("running");
    expect(await refs.slow.ask.say(1)).toBe(1);
  });

  it("says why a child does not run, in the tree and in the event", async () => {
    const { app, refs, events } = await play({
      bomb: at(level, Hand, undefined, { intensity: { restarts: 0, within: "60s" }, overBudget: "quarantine" }),
      other: at(level, Hand),
    });
    await refs.bomb.ask.armBomb(1);
    await until(() => node(app, "bomb").state === "quarantined", "the bomb to be parked");
    expect(node(app, "bomb").reason).toContain("a timer of this actor");
    expect(node(app, "other")).not.toHaveProperty("reason");
    const told = events.filter((event) => event.type === "life" && event.path === "app/bomb").at(-1);
    expect(told).toMatchObject({ state: "quarantined", reason: expect.stringContaining("a timer of this actor") });
  });

  it("a death is in the tree at the moment its event is", async () => {
    const { app, refs } = await play({ hand: at(level, Hand, undefined, { backoff: { initial: 50, max: 50 } }) });
    const states: string[] = [];
    app.subscribe((event) => {
      if (event.type === "life" && event.path === "app/hand") {
        expect(node(app, "hand").state).toBe(event.state);
        states.push(event.state);
      }
    });
    await refs.hand.ask.armBomb(1);
    await until(() => states.at(-1) === "running", "the restart");
    expect(await refs.hand.ask.who()).toMatchObject({ incarnation: 2 });
  });

  it("a pool is unready from the death of its last member on, and says why; one that lives is enough", async () => {
    const backoff = { initial: 1000, max: 1000 };
    const hands = pool(at(level, Hand, undefined, { backoff }), { size: 2, spares: 0 });
    const { app, refs } = await play({ hands });
    const health = () => healthOf(node(app, "hands"));
    const seen: boolean[] = [];
    app.subscribe((event) => {
      if (event.type === "life" && event.path.startsWith("app/hands/") && event.state !== "running")
        seen.push(health().ready);
    });
    expect(health()).toEqual({ ready: true, state: "running" });
    // The first restart of each follows at once, the second after its pause.
    for (const name of ["hands/1", "hands/2", "hands/1", "hands/2"]) {
      await until(
        () => node(app, "hands").children!.every(({ state }) => state === "running" || name === "hands/2"),
        name,
      );
      app.kill(name);
    }
    await until(() => seen.includes(false), "the moment at which none runs");
    await until(() => health().ready, "members that are back");
    expect(await refs.hands.ask.say("back")).toBe("back");
  });

  it("one that takes long is busy, with its age and limit, and not ready from its limit on", async () => {
    const made = plan();
    const { app, refs } = await play({
      gate: gateOf(made),
      hands: pool(at(level, Hand, { gate }), { size: 1, spares: 0 }),
    });
    const held = refs.hands.ask.hold("door");
    await made.reached("door");
    const health = () => healthOf(node(app, "hands"));
    await until(() => health().busy !== undefined, "the member to be busy for a second");
    const { ready, busy } = health();
    expect(ready).toBe(true);
    expect(busy).toMatchObject([{ path: "app/hands/1", method: "hold", limitMs: 60_000 }]);
    expect(busy![0]!.ageMs).toBeGreaterThanOrEqual(1000);
    made.open("door");
    await held;
    expect(health()).toEqual({ ready: true, state: "running" });
  });
});

function node(app: { tree(): TreeNode }, name: string): TreeNode {
  return app.tree().children!.find((child) => child.name === name)!;
}
