import { describe, expect, it } from "vitest";
import { Actor, type ActorClass } from "../../../src/actor/actor.js";
import { migrateEvent, migrateState } from "../../../src/host/migrated.js";

class Plain extends Actor {}

class Third extends Actor {
  static override version = 3;
  static migrate(state: { n: number }, from: number) {
    return { n: state.n, from };
  }
  static migrateEvent(event: string, from: number) {
    return `${event} of ${from}`;
  }
}

const classes = { Plain, Third } as unknown as { Plain: ActorClass; Third: ActorClass };

describe("a stored state", () => {
  it("of this version is taken as it is", () => {
    const state = { n: 1 };
    expect(migrateState(classes.Third, state, 3)).toBe(state);
    expect(migrateState(classes.Plain, state, 1)).toBe(state);
    expect(migrateEvent(classes.Third, state, 3)).toBe(state);
  });

  it("of an older version is what its class makes of it", () => {
    expect(migrateState(classes.Third, { n: 7 }, 1)).toEqual({ n: 7, from: 1 });
    expect(migrateEvent(classes.Third, "opened", 2)).toBe("opened of 2");
  });

  it.each([
    [
      "of an older version, of which its class says nothing",
      "Late",
      1,
      /of version 1, and Late is of version 2.*static migrate\(/,
    ],
    ["of a newer version", "Third", 4, /of version 4, and Third is of version 3.*newer code/],
  ])("%s is refused, with both versions", (_, name, from, words) => {
    class Late extends Actor {
      static override version = 2;
    }
    const actorClass = name === "Late" ? (Late as unknown as ActorClass) : classes.Third;
    expect(() => migrateState(actorClass, {}, from)).toThrow(words);
    expect(() => migrateEvent(actorClass, {}, from)).toThrow(new RegExp(`the stored event is of version ${from}`));
    try {
      migrateState(actorClass, {}, from);
    } catch (error) {
      expect(error).toMatchObject({ code: "StateRefused", details: { stored: from, expected: actorClass.version } });
    }
  });

  it("is not waited for", () => {
    class Slow extends Actor {
      static override version = 2;
      static async migrate() {
        throw new Error("later");
      }
    }
    expect(() => migrateState(Slow as unknown as ActorClass, {}, 1)).toThrow("has to be synchronous");
  });
});
