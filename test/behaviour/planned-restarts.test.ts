import { dynamic, inline, keyed, pool, supervisor } from "holdfast";
import { VirtualClock } from "holdfast/testing";
import { expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import { counted } from "./balance.js";
import { at, levels, play } from "./stage.js";
import { until } from "./until.js";

it.each(levels)("restarts by hand are counted apart from those after a death, $level", async ({ level }) => {
  const { app, refs } = await play({
    hand: at(level, Hand),
    hands: pool(at(level, Hand), { size: 2 }),
    desks: keyed(at(level, Hand)),
    below: supervisor({}, { hand: inline(Hand) }),
  });
  await refs.desks.key("ann").ask.say(1);
  const cell = app.stats().units.find(({ partOf }) => partOf === "app/desks")!.path;
  for (const path of ["hand", "hand", "hands/1", "hands", cell, "below"]) await app.restart(path);
  expect(counted(app, "hand")).toMatchObject({ planned: { hand: 2 }, restarts: {} });
  expect(counted(app, "hands/1").planned).toEqual({ hand: 1 });
  expect(counted(app, "hands").planned).toEqual({ hand: 2 });
  expect(counted(app, "desks").planned).toEqual({ hand: 1 });
  expect(counted(app, "below").own).toMatchObject({ restarts: {}, planned: { hand: 1 } });
  expect(counted(app, "below/hand").planned).toBeUndefined();
  app.kill("hand");
  await until(() => counted(app, "hand").restarts.killed === 1, "the restart after the kill");
  expect(counted(app, "hand").planned).toEqual({ hand: 2 });
});

it("a start that is under way is only waited for, and what nobody can restart is not counted", async () => {
  const { app, refs } = await play({ hand: at("inline", Hand) });
  await Promise.all([app.restart("hand"), app.restart("hand")]);
  expect(await refs.hand.ask.who()).toMatchObject({ incarnation: 2 });
  expect(counted(app, "hand").planned).toEqual({ hand: 1 });
  await expect(app.restart("nobody")).rejects.toMatchObject({ code: "InvalidSpec" });
  expect(counted(app, "hand").planned).toEqual({ hand: 1 });
});

it("a member that a pool has replaced is counted there, by what it was past", async () => {
  const clock = new VirtualClock();
  const { app } = await play({ hands: pool(at("inline", Hand), { size: 1, recycle: { age: "1h" } }) }, {}, { clock });
  await clock.advance(3_600_000);
  expect(counted(app, "hands").planned).toEqual({ age: 1 });
  expect(counted(app, "hands").restarts).toEqual({});
});

it("of what was removed the supervisor above goes on counting them, and says which are its own", async () => {
  const { app } = await play({ spare: dynamic(inline(Hand)) });
  await app.add("spare", "one", inline(Hand));
  await app.restart("spare/one");
  await app.restart("spare");
  await app.add("spare", "two", inline(Hand));
  await app.restart("spare/two");
  await app.remove("spare/two");
  const { planned, own } = counted(app, "spare");
  expect(planned!.hand).toBeGreaterThanOrEqual(2);
  expect(own!.planned).toEqual({ hand: 1 });
});
