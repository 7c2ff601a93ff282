import { dynamic, keyed, pool, refTo, type SystemEvent } from "holdfast";
import { machine } from "holdfast/xstate";
import { describe, expect, it } from "vitest";
import type { door } from "../actors/door.mjs";
import { Ledger, Service } from "../actors/standby.mjs";
import { castingFrom } from "./casting.js";
import type { Gate } from "./gate.js";
import { failure, gateOf, plan, play, walls } from "./stage.js";
import { until } from "./until.js";

const cast = castingFrom(new URL("../actors/standby.mjs", import.meta.url));
const often = { intensity: { restarts: 1000, within: "1s" }, backoff: { initial: 0 } } as const;
const hot = { standby: "hot", ...often } as const;
const gate = refTo<Gate>("gate");

/** How often the replica of a path was told to be where. */
function times(events: readonly SystemEvent[], path: string, state: string): number {
  return events.filter((event) => event.type === "standby" && event.path === path && event.state === state).length;
}

describe.each(walls)("a hot standby of a $level", ({ level }) => {
  it("takes over with the exact sum, the waiting mail in order behind it, as the next incarnation", async () => {
    const { app, refs, events, reports } = await play({ ledger: cast(level, Ledger, {}, hot) });
    for (let round = 1; round <= 3; round++) {
      await until(() => times(events, "app/ledger", "ready") === round, `replica ${round}`);
      const replica = events.findLast((event) => event.type === "standby" && event.state === "ready") as {
        host: string;
      };
      await refs.ledger.ask.add(1);
      const asked = Array.from({ length: 20 }, () => refs.ledger.ask.add(1));
      app.kill("ledger");
      const first = 21 * (round - 1) + 2;
      expect(await Promise.all(asked)).toEqual(Array.from({ length: 20 }, (_, i) => first + i));
      expect(await refs.ledger.ask.life()).toMatchObject({ incarnation: round + 1, standby: false, started: 1 });
      expect(app.tree().children![0]).toMatchObject({ host: replica.host, incarnation: round + 1 });
    }
    expect(reports).toMatchObject(Array.from({ length: 3 }, () => ({ level: "standby", decision: "restart" })));
  });

  it("without state goes on with what start() made ahead", async () => {
    const { app, refs, events } = await play({ service: cast(level, Service, {}, hot) });
    await until(() => times(events, "app/service", "ready") === 1, "the replica");
    app.kill("service");
    expect(await refs.service.ask.times(7)).toBe(21);
    expect(await refs.service.ask.life()).toMatchObject({
      began: { incarnation: 0, standby: true },
      now: { incarnation: 2 },
    });
  });

  it("runs the message again there that was executing, on the state before it", async () => {
    const made = plan();
    const { app, refs, events } = await play({ gate: gateOf(made), ledger: cast(level, Ledger, { gate }, hot) });
    await until(() => times(events, "app/ledger", "ready") === 1, "the replica");
    expect(await refs.ledger.ask.add(5)).toBe(5);
    const asked = refs.ledger.ask.addSlowly(10);
    await made.reached("add 10");
    app.kill("ledger");
    await made.reached("add 10", 2);
    made.open("add 10");
    expect(await asked).toBe(15);
    expect(await refs.ledger.ask.read()).toBe(15);
    expect(made.notes).toEqual(["start 1 sum 0", "start 2 sum 5"]);
  });

  it("is not used by one that throws, and is there after it", async () => {
    const { app, refs, events } = await play({ ledger: cast(level, Ledger, {}, hot) });
    await until(() => times(events, "app/ledger", "ready") === 1, "the replica");
    expect(await failure(refs.ledger.ask.throws())).toMatchObject({ code: "HandlerFailed" });
    expect(await refs.ledger.ask.add(1)).toBe(1);
    expect(app.tree().children![0]).toMatchObject({ incarnation: 2, standby: "ready" });
    expect(times(events, "app/ledger", "promoted")).toBe(0);
  });

  it("that cannot start is told with why, and its primary serves", async () => {
    const { refs, events, app } = await play({ service: cast(level, Service, { fails: true }, hot) });
    await until(() => times(events, "app/service", "lost") >= 2, "two tries");
    const lost = events.find((event) => event.type === "standby" && event.state === "lost");
    expect(lost).toMatchObject({ why: "no standby here" });
    expect(await refs.service.ask.times(2)).toBe(6);
    expect(app.reports()).toEqual([]);
  });
});

it.skipIf(process.platform === "win32")(
  "the primary's process is stopped and would wake up again: it is ended, and what it was asked is done once, elsewhere",
  async () => {
    const limited = { ...hot, grace: 100 };
    const { app, refs, events } = await play({ ledger: cast("fork", Ledger, {}, limited) });
    await until(() => times(events, "app/ledger", "ready") === 1, "the replica");
    expect(await refs.ledger.ask.add(1)).toBe(1);
    const { pid } = (await refs.ledger.ask.life()) as { pid: number };
    process.kill(pid, "SIGSTOP");
    const asked = refs.ledger.ask.quick(2);
    expect(await asked).toBe(3);
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    expect(await refs.ledger.ask.read()).toBe(3);
    expect(app.reports()).toMatchObject([{ level: "standby", cause: { kind: "hung" } }]);
  },
);

describe("processes that are killed from outside", () => {
  const pidOf = (host: string | undefined) => Number(host!.slice("pid ".length));
  const replicaOf = (events: readonly SystemEvent[]) =>
    events.findLast((event) => event.type === "standby" && event.state === "ready") as { host: string };

  it("the replica: it is replaced and reported, and its primary serves on", async () => {
    const { app, refs, events } = await play({ ledger: cast("fork", Ledger, {}, hot) });
    await until(() => times(events, "app/ledger", "ready") === 1, "the replica");
    process.kill(pidOf(replicaOf(events).host), "SIGKILL");
    expect(await refs.ledger.ask.add(1)).toBe(1);
    await until(() => times(events, "app/ledger", "ready") === 2, "another replica");
    expect(app.tree().children![0]).toMatchObject({ incarnation: 1, restarts: 0, standby: "ready" });
    expect(app.reports()).toMatchObject([
      { standby: true, incarnation: 0, cause: { kind: "exit", signal: "SIGKILL" } },
    ]);
  });

  it("both at once: what the parent holds starts cold, and another replica behind it", async () => {
    const { app, refs, events } = await play({ ledger: cast("fork", Ledger, {}, hot) });
    await until(() => times(events, "app/ledger", "ready") === 1, "the replica");
    expect(await refs.ledger.ask.add(5)).toBe(5);
    const [primary, replica] = [app.tree().children![0]!.host, replicaOf(events).host];
    process.kill(pidOf(replica), "SIGKILL");
    process.kill(pidOf(primary), "SIGKILL");
    expect(await refs.ledger.ask.add(1)).toBe(6);
    await until(() => times(events, "app/ledger", "ready") === 2, "another replica");
    expect([primary, replica]).not.toContain(app.tree().children![0]!.host);
    expect(await refs.ledger.ask.read()).toBe(6);
  });
});

describe("a hot standby of", () => {
  it("each child of a dynamic supervisor", async () => {
    const { app, refs, events } = await play({ ledgers: dynamic(cast("thread", Ledger, {}, hot)) });
    const ada = await refs.ledgers.spawn("ada");
    const eve = await refs.ledgers.spawn("eve");
    await Promise.all([ada.ask.add(1), eve.ask.add(2)]);
    for (const name of ["ada", "eve"]) {
      await until(() => times(events, `app/ledgers/${name}`, "ready") === 1, `the replica of ${name}`);
      app.kill(`ledgers/${name}`);
    }
    expect(await Promise.all([ada.ask.add(1), eve.ask.add(1)])).toEqual([2, 3]);
    expect(app.reports().map(({ level }) => level)).toEqual(["standby", "standby"]);
  });

  it("an XState machine begins what it runs when it takes over, and not before", async () => {
    const url = new URL("../actors/door.mjs", import.meta.url);
    const { app, refs, events } = await play({ door: machine<typeof door>(url, { isolation: "fork", ...hot }) });
    await refs.door.ask.send({ type: "open" });
    await until(() => times(events, "app/door", "ready") === 1, "the replica");
    app.kill("door");
    expect(await refs.door.ask.getSnapshot()).toMatchObject({ value: "open", context: { opened: 1 } });
    expect(await refs.door.ask.send({ type: "shut" })).toMatchObject({ value: "shut" });
    expect(app.reports()).toMatchObject([{ level: "standby" }]);
  });
});

describe("standby is refused with why", () => {
  it.each([
    ["inline", { standby: "hot" }, 'app/actor.standby is "hot": an inline actor\'s thread is this one'],
    ["inline", { standby: "warm" }, 'app/actor.standby is "warm": an inline actor\'s thread is this one'],
    ["thread", { standby: "lukewarm" }, 'app/actor.standby is "lukewarm": give "cold", "warm" or "hot"'],
    ["thread", { standby: "cold", spare: "loaded" }, 'that is spare: "none", and spare is "loaded"'],
    ["thread", { standby: "warm", spare: "empty" }, 'that is spare: "loaded", and spare is "empty"'],
    ["fork", { standby: "hot", exclusive: true }, "an exclusive actor has nothing beside it"],
    ["fork", { standby: "warm", exclusive: true }, "an exclusive actor has nothing beside it"],
    ["fork", { standby: "hot", cell: "shared" }, "what ends a shared cell ends several actors"],
  ] as const)("%s with %o", async (level, options, why) => {
    const error = await failure(play({ actor: cast(level, Service, {}, options as never) }));
    expect(error).toMatchObject({ code: "InvalidSpec", details: { field: "app/actor.standby" } });
    expect(error.message).toContain(why);
  });

  it("hot in a pool and in a keyed group; warm is their loaded spare", async () => {
    const inPool = await failure(play({ many: pool(cast("thread", Service, {}, hot)) }));
    expect(inPool).toMatchObject({ code: "InvalidSpec", details: { field: "app/many.standby" } });
    expect(inPool.message).toContain("the members of a pool stand by for each other");
    const keys = await failure(play({ keys: keyed(cast("thread", Ledger, {}, hot)) }));
    expect(keys).toMatchObject({ code: "InvalidSpec", details: { field: "app/keys.standby" } });
    const { app } = await play({ many: pool(cast("thread", Service, {}, { standby: "warm" }), { size: 1 }) });
    await until(() => app.tree().children![0]!.children![0]!.spare === "ready", "the loaded spare");
  });
});

describe("the other two", () => {
  it("warm is a host that has the module loaded, cold is none", async () => {
    const { app, refs, reports } = await play({
      warm: cast("thread", Service, {}, { standby: "warm" }),
      cold: cast("thread", Service, {}, { standby: "cold" }),
    });
    await until(() => app.tree().children![0]!.spare === "ready", "the spare");
    expect(app.tree().children![1]).not.toHaveProperty("spare");
    app.kill("warm");
    app.kill("cold");
    expect(await Promise.all([refs.warm.ask.times(1), refs.cold.ask.times(1)])).toEqual([3, 3]);
    await until(() => reports.length === 2, "both reports");
    expect(reports.find(({ path }) => path === "app/warm")).toMatchObject({ level: "spare" });
  });
});
