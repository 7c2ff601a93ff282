import type { App, SystemEvent } from "holdfast";
import { describe, expect, it } from "vitest";
import { Account } from "../../actors/accounts.mjs";
import { Tally } from "../../actors/tally.mjs";
import { castingFrom } from "../casting.js";
import { failure, play, walls } from "../stage.js";
import { until } from "../until.js";
import { Paper } from "./paper.js";

const tallies = castingFrom(new URL("../../actors/tally.mjs", import.meta.url));
const accounts = castingFrom(new URL("../../actors/accounts.mjs", import.meta.url));
const hot = {
  standby: "hot",
  durable: true,
  intensity: { restarts: 1000, within: "1s" },
  backoff: { initial: 0 },
} as const;

/** Where its replica is. */
const standby = (app: App<unknown>) => app.tree().children![0]!.standby;
const ready = (app: App<unknown>) => until(() => standby(app) === "ready", "the replica");
const promoted = (events: readonly SystemEvent[]) =>
  events.filter((event) => event.type === "standby" && event.state === "promoted").length;

describe.each(walls)("a durable actor with a hot standby, $level", ({ level }) => {
  it("loses nothing that was acknowledged, and keeps nothing else, through deaths and a restart of the system", async () => {
    const store = new Paper();
    let total = 0;
    for (let system = 1; system <= 2; system++) {
      const spec = tallies(level, Tally, undefined, { ...hot, snapshotEvery: 3 });
      const { app, refs, events } = await play({ tally: spec }, {}, { store });
      expect(await refs.tally.ask.total()).toBe(total);
      for (let death = 1; death <= 3; death++) {
        await ready(app);
        const asked = Array.from({ length: 7 }, () => refs.tally.ask.add(1));
        app.kill("tally");
        expect(await Promise.all(asked)).toEqual(Array.from({ length: 7 }, () => ++total));
      }
      expect(promoted(events)).toBe(3);
      await app.stop({ drain: 0 });
    }
  });

  it("is what was stored where nothing has happened since: recovered by its replica too", async () => {
    const store = new Paper();
    const spec = tallies(level, Tally, undefined, hot);
    const first = await play({ tally: spec }, {}, { store });
    await first.refs.tally.ask.add(5);
    await first.app.stop({ drain: 0 });
    const { app, refs, reports } = await play({ tally: spec }, {}, { store });
    await ready(app);
    app.kill("tally");
    expect(await refs.tally.ask.total()).toBe(5);
    expect(reports).toMatchObject([{ level: "standby" }]);
  });

  it("goes back with its primary to what is stored, where a change could not be", async () => {
    const store = new Paper();
    const { app, refs } = await play({ tally: tallies(level, Tally, undefined, hot) }, {}, { store });
    await refs.tally.ask.add(1);
    await ready(app);
    store.held = true;
    const lost = failure(refs.tally.ask.add(10));
    await until(() => store.waiting === 1, "an append");
    store.lose();
    store.held = false;
    expect(await lost).toMatchObject({ code: "StoreFailed" });
    expect(await refs.tally.ask.add(1)).toBe(2);
    await ready(app);
    app.kill("tally");
    expect(await refs.tally.ask.total()).toBe(2);
  });

  it("is undone too where the failure is heard of while the replica takes over", async () => {
    const store = new Paper();
    const { app, refs } = await play({ tally: tallies(level, Tally, undefined, hot) }, {}, { store });
    await refs.tally.ask.add(1);
    await ready(app);
    store.held = true;
    const lost = failure(refs.tally.ask.add(10));
    await until(() => store.waiting === 1, "an append");
    app.kill("tally");
    store.lose();
    store.held = false;
    expect(await lost).toMatchObject({ code: "StoreFailed" });
    expect(await refs.tally.ask.add(1)).toBe(2);
    await ready(app);
    app.kill("tally");
    expect(await refs.tally.ask.total()).toBe(2);
  });

  it("of events goes on with each of them once, through deaths and a restart of the system", async () => {
    const store = new Paper();
    let balance = 0;
    for (let system = 1; system <= 2; system++) {
      const spec = accounts(level, Account, undefined, hot);
      const { app, refs, events } = await play({ account: spec }, {}, { store });
      for (let death = 1; death <= 3; death++) {
        await ready(app);
        const asked = Array.from({ length: 5 }, () => refs.account.ask.deposit(1));
        app.kill("account");
        expect(await Promise.all(asked)).toEqual(Array.from({ length: 5 }, () => ++balance));
        await ready(app);
        app.kill("account");
        expect(await refs.account.ask.balance()).toBe(balance);
      }
      expect(promoted(events)).toBe(6);
      await app.stop({ drain: 0 });
    }
  });
});
