import { Actor, inline } from "holdfast";
import { expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import { counted, unbalanced } from "./balance.js";
import { at, play } from "./stage.js";
import { until } from "./until.js";

it("listeners that reject, or throw what has no text, are warned of and end nothing", async () => {
  const warned: Error[] = [];
  const onWarning = (warning: Error) => void warned.push(warning);
  const uncaught: unknown[] = [];
  const onUncaught = (error: unknown) => void uncaught.push(error);
  process.on("warning", onWarning);
  process.on("unhandledRejection", onUncaught);
  try {
    const { app, refs } = await play({ hand: at("inline", Hand) });
    app.subscribe(async () => {
      throw new Error("rejected");
    });
    app.subscribe(() => {
      throw Object.create(null);
    });
    await app.restart("hand");
    expect(await refs.hand.ask.say(1)).toBe(1);
    const texts = () => warned.map(({ message }) => message);
    await until(() => texts().some((text) => text.includes("rejected")), "the warning");
    expect(texts().some((text) => text.includes("a listener of system events threw: {}"))).toBe(true);
    expect(uncaught).toEqual([]);
  } finally {
    process.off("warning", onWarning);
    process.off("unhandledRejection", onUncaught);
  }
});

class Child extends Actor {
  hi() {
    return 1;
  }
  end() {
    this.stopSelf();
  }
}

class Parent extends Actor {
  async whole() {
    const child = await this.spawn("child", inline(Child, undefined, { restart: "temporary" }));
    await child.ask.hi();
    await child.ask.end();
  }
  hi() {
    return 1;
  }
}

it("the end of a spawned child leaves what its actor has counted", async () => {
  const { app, refs } = await play({ parent: inline(Parent) });
  for (let i = 0; i < 10; i++) await refs.parent.ask.hi();
  await refs.parent.ask.whole();
  await until(() => (app.tree().children?.[0]?.children ?? []).length === 0, "the end of the child");
  await refs.parent.ask.hi();
  expect(counted(app, "parent").answered).toBeGreaterThanOrEqual(12);
  expect(unbalanced(app.stats())).toEqual([]);
});
