import { describe, expect, it } from "vitest";
import { seededChance } from "../../../src/clock.js";
import {
  decideStandby,
  initialStandby,
  type StandbyAction,
  type StandbyEvent,
  type StandbyPace,
} from "../../../src/system/standby/decide-standby.js";

const pace: StandbyPace = {
  pauseMs: 100,
  longestPauseMs: 1000,
  healthyMs: 5000,
  restMs: 10,
  restFactor: 9,
  longestRestMs: 500,
};

/** Goes through events, each at its time, and says what was done at the last one and where it stands. */
function through(...events: readonly (readonly [StandbyEvent["type"], number?])[]) {
  let state = initialStandby;
  let actions: readonly StandbyAction[] = [];
  let now = 0;
  for (const [type, at = now] of events) {
    now = at;
    ({ state, actions } = decideStandby(state, { type }, now, pace));
  }
  return { phase: state.phase, actions, state };
}

const following = [["primary-up"], ["due", 100], ["replica-up", 200]] as const;

describe("the replica behind a primary", () => {
  it("is started a pause after the primary is up, and follows when it is up itself", () => {
    expect(through(["primary-up"])).toMatchObject({ phase: "waiting", actions: [{ type: "open-in", ms: 100 }] });
    expect(through(["primary-up"], ["due", 100])).toMatchObject({ phase: "starting", actions: [{ type: "open" }] });
    expect(through(...following)).toMatchObject({ phase: "following", actions: [] });
  });

  it("is given one state at a time, the newest, and rests nine times as long as one took", () => {
    expect(through(...following, ["changed", 300]).actions).toEqual([{ type: "feed" }]);
    expect(through(...following, ["changed", 300], ["changed", 301], ["changed", 302]).actions).toEqual([]);
    const took = [...following, ["changed", 300], ["changed", 301], ["took", 304]] as const;
    expect(through(...took).actions).toEqual([{ type: "rest", ms: 36 }]);
    expect(through(...took, ["changed", 305]).actions).toEqual([]);
    expect(through(...took, ["rested", 340]).actions).toEqual([{ type: "feed" }]);
  });

  it("rests never shorter and never longer than its pace says, and without news it is left alone", () => {
    const fed = [...following, ["changed", 300]] as const;
    expect(through(...fed, ["took", 300]).actions).toEqual([{ type: "rest", ms: 10 }]);
    expect(through(...fed, ["took", 400]).actions).toEqual([{ type: "rest", ms: 500 }]);
    expect(through(...fed, ["took", 300], ["rested", 310]).actions).toEqual([]);
    expect(through(...fed, ["took", 300], ["rested", 310], ["changed", 900]).actions).toEqual([{ type: "feed" }]);
  });

  it("is given what changed while it started", () => {
    const state = through(["primary-up"], ["due", 100], ["changed", 150], ["replica-up", 200]);
    expect(state).toMatchObject({ phase: "following", actions: [{ type: "feed" }] });
  });

  it("takes the place of its primary, and another one comes when that is up", () => {
    const promoted = [...following, ["changed", 300], ["wanted", 400]] as const;
    expect(through(...promoted)).toMatchObject({ phase: "off", actions: [{ type: "promote" }] });
    expect(through(...promoted, ["primary-up", 410])).toMatchObject({
      phase: "waiting",
      actions: [{ type: "open-in", ms: 100 }],
    });
  });

  it("that is on its way is waited for, and a cold start follows where it fails", () => {
    const wanted = [["primary-up"], ["due", 100], ["wanted", 150]] as const;
    expect(through(...wanted)).toMatchObject({ phase: "starting", actions: [] });
    expect(through(...wanted, ["replica-up", 200])).toMatchObject({ phase: "off", actions: [{ type: "promote" }] });
    expect(through(...wanted, ["replica-down", 200])).toMatchObject({ phase: "off", actions: [{ type: "cold" }] });
    expect(through(...wanted, ["unwanted", 180], ["replica-up", 200])).toMatchObject({
      phase: "following",
      actions: [],
    });
  });

  it("that is not there or has only been planned makes the start a cold one, at once", () => {
    expect(through(["wanted"])).toMatchObject({ phase: "off", actions: [{ type: "drop" }, { type: "cold" }] });
    const planned = through(["primary-up"], ["wanted", 50]);
    expect(planned).toMatchObject({ phase: "off", actions: [{ type: "drop" }, { type: "cold" }] });
    expect(through(["primary-up"], ["wanted", 50], ["due", 100]).actions).toEqual([]);
  });

  it("is replaced later and later while it fails, and soon again once one was healthy or took over", () => {
    const once = [...following, ["replica-down", 300]] as const;
    expect(through(...once).actions).toEqual([{ type: "open-in", ms: 200 }]);
    const twice = [...once, ["due", 500], ["replica-down", 501]] as const;
    expect(through(...twice).actions).toEqual([{ type: "open-in", ms: 400 }]);
    const often = Array.from({ length: 20 }, () => [["due"], ["replica-down"]] as const).flat();
    expect(through(...twice, ...often).actions).toEqual([{ type: "open-in", ms: 1000 }]);
    const healthy = [...twice, ["due", 900], ["replica-up", 1000], ["replica-down", 6000]] as const;
    expect(through(...healthy).actions).toEqual([{ type: "open-in", ms: 100 }]);
    const promoted = [...twice, ["due", 900], ["replica-up", 1000], ["wanted", 1001], ["primary-up", 1002]] as const;
    expect(through(...promoted).actions).toEqual([{ type: "open-in", ms: 100 }]);
  });

  it("is ended with its actor, and who waits for it is told", () => {
    expect(through(...following, ["stop", 300])).toMatchObject({ phase: "off", actions: [{ type: "drop" }] });
    const wanted = [["primary-up"], ["due", 100], ["wanted", 150], ["stop", 160]] as const;
    expect(through(...wanted).actions).toEqual([{ type: "drop" }, { type: "cold" }]);
  });

  it("answers whoever wants the primary exactly once, and feeds only what follows, whatever comes in whatever order", () => {
    const types: readonly StandbyEvent["type"][] = [
      "primary-up",
      "changed",
      "wanted",
      "unwanted",
      "due",
      "replica-up",
      "took",
      "rested",
      "replica-down",
      "stop",
    ];
    for (let seed = 1; seed <= 300; seed++) {
      const chance = seededChance(seed);
      let state = initialStandby;
      let waiting = false;
      for (let step = 0; step < 200; step++) {
        const type = types[Math.floor(chance() * types.length)]!;
        // Nobody starts an actor that is on its way, or asks twice.
        if ((type === "wanted") === waiting && (type === "wanted" || type === "unwanted")) continue;
        const before = state;
        const decided = decideStandby(state, { type }, step * 10, pace);
        state = decided.state;
        const answers = decided.actions.filter(({ type }) => type === "promote" || type === "cold").length;
        if (type === "wanted") waiting = true;
        if (type === "unwanted") waiting = false;
        expect(answers).toBeLessThanOrEqual(waiting ? 1 : 0);
        if (answers === 1) waiting = false;
        expect(state.awaited).toBe(waiting);
        for (const action of decided.actions) {
          if (action.type === "feed") expect(before.fedAt === undefined || type === "replica-up").toBe(true);
          if (action.type === "feed") expect(state.phase).toBe("following");
          if (action.type === "promote") expect(["following", "starting"]).toContain(before.phase);
          if (action.type === "open") expect(before.phase).toBe("waiting");
        }
      }
    }
  });
});
