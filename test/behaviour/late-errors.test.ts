import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import { at, deaths, failure, play, walls } from "./stage.js";
import { until } from "./until.js";

describe.each(walls)("an error that an incarnation left behind, $level", ({ level }) => {
  it.each(["timer", "promise", "async"] as const)(
    "by a %s does nothing to its successor, and is told of",
    async (how) => {
      const { refs, app, events } = await play({ hand: at(level, Hand) });
      expect(await failure(refs.hand.ask.failAndThrowLater(how))).toMatchObject({ code: "HandlerFailed" });
      expect(await refs.hand.ask.who()).toMatchObject({ incarnation: 2 });
      const late = () => events.filter((event) => event.type === "fenced");
      await until(() => late().length > 0, "the late error");
      expect(late()).toMatchObject([{ path: "app/hand", incarnation: 1, what: "error", count: 1 }]);
      expect(await refs.hand.ask.who()).toMatchObject({ incarnation: 2 });
      expect(deaths(app)).toHaveLength(1);
    },
  );

  it("of one that is still there ends its host, as ever", async () => {
    const { refs, app } = await play({ hand: at(level, Hand) });
    await refs.hand.ask.say(1);
    expect(await failure(refs.hand.ask.uncaught())).toMatchObject({ code: "ActorDied" });
    expect(deaths(app)).toMatchObject([{ cause: { kind: "uncaught" } }]);
    expect(await refs.hand.ask.who()).toMatchObject({ incarnation: 2 });
  });
});
