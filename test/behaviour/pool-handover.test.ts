import { pool, refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand, Ledger } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

describe.each(levels)("what a pool's member leaves behind, $level", ({ level }) => {
  it("is taken at once by a member that idles, though the one that held it never returns", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      hands: pool(at(level, Hand, { gate }, { guiltyIntensity: { restarts: 0, within: "60s" } }), { size: 2 }),
    });
    const members = () => app.tree().children![1]!.children!;
    // Idempotent: it is handed back when the member that executes it dies.
    const work = refs.hands.ask.again("door");
    await made.reached("door");
    const other = (await refs.hands.ask.who()).path;
    app.kill(other === "app/hands/1" ? "hands/2" : "hands/1");
    await made.reached("door", 2);
    made.open("door");
    expect(await work).toBe(1);
    expect(members().map(({ state }) => state)).toContain("quarantined");
  });

  it("closes the report of its death once the pool has answered again, whoever did", async () => {
    const made = plan();
    const { refs, app, reports } = await play({
      gate: gateOf(made),
      hands: pool(at(level, Hand, { gate }), { size: 2 }),
    });
    const held = Promise.allSettled([refs.hands.ask.hold("one"), refs.hands.ask.hold("one")]);
    await made.reached("one", 2);
    const waiting = refs.hands.ask.hold("two");
    app.kill("hands/1");
    // It is back, has taken what waited, and is busy with it.
    await made.reached("two");
    expect(reports).toEqual([]);
    made.open("one");
    await held;
    await until(() => reports.length === 1, "the report to be complete");
    expect(reports).toMatchObject([{ path: "app/hands/1", decision: "restart" }]);
    made.open("two");
    expect(await waiting).toBe("two");
  });
});

describe("a pool refuses", () => {
  it("members that are never restarted", async () => {
    const error = await failure(play({ hands: pool(at("inline", Hand, {}, { restart: "temporary" }), { size: 2 }) }));
    expect(error).toMatchObject({ code: "InvalidSpec", details: { field: "app/hands.restart" } });
    expect(error.message).toContain('"temporary"');
  });

  it("snapshots: its members are stateless", async () => {
    const error = await failure(play({ books: pool(at("inline", Ledger, {}, { snapshotEvery: 5 }), { size: 2 }) }));
    expect(error).toMatchObject({ code: "InvalidSpec", details: { field: "app/books.snapshotEvery" } });
  });
});
