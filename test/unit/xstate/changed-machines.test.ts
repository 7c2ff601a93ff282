import { describe, expect, it } from "vitest";
import { type AnyStateMachine, createMachine, fromCallback, fromPromise, fromTransition, setup } from "xstate";
import { HoldfastError } from "../../../src/errors.js";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";
import type { Migrate } from "../../../src/xstate/machine-types.js";
import { Stand } from "./stand.js";

const wait = fromCallback(() => {});

/** A door, with one thing about it changed. */
function doorOf({ open = {}, states = {}, actors = { wait } }: Change = {}): AnyStateMachine {
  return setup({ actors: actors as { wait: typeof wait } }).createMachine({
    id: "door",
    initial: "shut",
    states: {
      shut: { on: { open: "open", ask: "asking" } },
      open: { after: { 1000: "shut" }, on: { shut: "shut" }, ...open },
      asking: { invoke: { id: "asked", src: "wait" }, on: { shut: "shut" } },
      ...states,
    },
  } as never) as unknown as AnyStateMachine;
}

interface Change {
  open?: object;
  states?: object;
  actors?: object;
}

function refusal(make: () => unknown): HoldfastError {
  try {
    make();
  } catch (error) {
    if (error instanceof HoldfastError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

const inOpen = () => new Stand(doorOf()).send("open").kept();
const inAsking = () => new Stand(doorOf()).send("ask").kept();

describe("a stored state that does not fit its machine any more is refused, by name", () => {
  it.each<{ what: string; stored: () => unknown; now: AnyStateMachine; says: RegExp }>([
    {
      what: "its state is gone",
      stored: inOpen,
      now: createMachine({ id: "door", initial: "shut", states: { shut: {}, ajar: {} } }),
      says: /State 'open' does not exist on 'door'/,
    },
    {
      what: "its timer is another",
      stored: inOpen,
      now: doorOf({ open: { after: { 2000: "shut" } } }),
      says: /state "door.open" was: atomic, after 1000; it is: atomic, after 2000/,
    },
    {
      what: "its state is in two by now",
      stored: inOpen,
      now: doorOf({ open: { initial: "wide", states: { wide: {}, narrow: {} } } }),
      says: /state "door.open.wide" was not there, and it would be in it/,
    },
    {
      what: "its state invokes another",
      stored: inAsking,
      now: doorOf({ states: { asking: { invoke: { id: "other", src: "wait" } } } }),
      says: /state "door.asking" was: atomic, invokes asked; it is: atomic, invokes other/,
    },
    {
      what: "the logic of its child is gone",
      stored: inAsking,
      now: doorOf({ states: { asking: { invoke: { id: "asked", src: "wait" } } }, actors: {} }),
      says: /the logic "wait" of its child "asked" is not there any more/,
    },
  ])("$what", ({ stored, now, says }) => {
    const error = refusal(() => new Stand(now, { stored: stored() }));
    expect(error).toMatchObject({ code: "StateRefused", retryable: false, details: { path: "app/stand" } });
    expect(error.message).toMatch(says);
    expect(error.message).toMatch(/^app\/stand: the stored state does not fit the machine: /);
  });

  it("its remembered state is gone", () => {
    const withHistory = (states: object) =>
      createMachine({
        id: "player",
        initial: "on",
        states: {
          on: { initial: "slow", states: { ...states, hist: { type: "history" } }, on: { off: "off" } },
          off: { on: { on: "on.hist" } },
        },
      } as never) as AnyStateMachine;
    const both = { slow: { on: { faster: "fast" } }, fast: {} };
    const stored = new Stand(withHistory(both)).send("faster", "off").kept();
    expect(new Stand(withHistory(both), { stored }).send("on").told.value).toEqual({ on: "fast" });
    const error = refusal(() => new Stand(withHistory({ slow: {} }), { stored }));
    expect(error.message).toMatch(/state "player.on.fast", which it is in or remembers, is not there any more/);
  });

  it.each([undefined, null, 7, "text", {}, { form: 2 }, { form: 1, machine: {} }, [], { n: 1 }])(
    "it is %j",
    (stored) => {
      expect(refusal(() => new Stand(doorOf(), { stored: stored ?? null }))).toMatchObject({ code: "StateRefused" });
    },
  );

  it("it is that of other logic", () => {
    const sum = fromTransition((state: number) => state + 1, 0);
    expect(refusal(() => new Stand(sum, { stored: inOpen() }))).toMatchObject({ code: "StateRefused" });
    const kept = new Stand(sum).send("add").kept();
    expect(refusal(() => new Stand(doorOf(), { stored: kept }))).toMatchObject({ code: "StateRefused" });
    expect(new Stand(sum, { stored: kept }).send("add").told.context).toBe(2);
  });
});

describe("what a stored state does not rely on may change", () => {
  it.each<{ what: string; now: AnyStateMachine }>([
    { what: "a state more", now: doorOf({ states: { bolted: {} } }) },
    { what: "an event more", now: doorOf({ open: { on: { shut: "shut", bolt: "shut" } } }) },
    { what: "another state's timer", now: doorOf({ states: { asking: { after: { 5: "shut" } } } }) },
  ])("$what", async ({ now }) => {
    const clock = new VirtualClock(0, 1e12);
    const stored = new Stand(doorOf(), { clock }).send("open").kept();
    const stand = new Stand(now, { clock, stored });
    await clock.advance(999);
    expect(stand.told.value).toBe("open");
    await clock.advance(1);
    expect(stand.told.value).toBe("shut");
  });
});

describe("a machine of another version", () => {
  const rename: Migrate = (state) => ({ ...state, value: state.value === "open" ? "ajar" : state.value });
  const withAjar = createMachine({
    id: "door",
    initial: "shut",
    states: { shut: {}, ajar: { after: { long: "shut" } } },
  }).provide({ delays: { long: 5000 } } as never) as AnyStateMachine;

  it("is refused where nothing migrates its state, and says both versions", () => {
    const stored = new Stand(doorOf(), { version: 1 }).send("open").kept();
    const error = refusal(() => new Stand(doorOf(), { stored, version: 2 }));
    expect(error.message).toMatch(/the stored state is of version 1, the machine of version 2/);
    expect(error.details).toMatchObject({ stored: 1, expected: 2 });
  });

  it("is told from one that has no version", () => {
    const stored = new Stand(doorOf()).send("open").kept();
    const error = refusal(() => new Stand(doorOf(), { stored, version: 2 }));
    expect(error.message).toContain("the stored state is of no version, the machine of version 2");
  });

  it("has the version of its config where it says none", () => {
    const first = createMachine({ version: "1.0", initial: "a", states: { a: {} } });
    const second = createMachine({ version: "1.1", initial: "a", states: { a: {} } });
    expect(refusal(() => new Stand(second, { stored: new Stand(first).kept() })).details).toMatchObject({
      stored: "1.0",
      expected: "1.1",
    });
  });

  it("goes on from what its migration makes of it: timers of new states begin, those of others end", async () => {
    const clock = new VirtualClock(0, 1e12);
    const old = new Stand(doorOf(), { clock, version: 1 }).send("open");
    const stored = old.kept();
    old.end();
    await clock.advance(600);
    const now = new Stand(withAjar, { clock, stored, version: 2, migrate: rename });
    expect(now.told.value).toBe("ajar");
    await clock.advance(4999);
    expect(now.told.value).toBe("ajar");
    const again = new Stand(withAjar, { clock, stored: now.kept(), version: 2, migrate: rename });
    now.end();
    await clock.advance(1);
    expect(again.told.value).toBe("shut");
  });

  it("keeps the time that is left of a timer that it had before", async () => {
    const clock = new VirtualClock(0, 1e12);
    const old = new Stand(doorOf(), { clock, version: 1 }).send("open");
    await clock.advance(600);
    const now = new Stand(doorOf(), { clock, stored: old.kept(), version: 2, migrate: (state) => state });
    old.end();
    await clock.advance(399);
    expect(now.told.value).toBe("open");
    await clock.advance(1);
    expect(now.told.value).toBe("shut");
  });

  it.each([undefined, null, "open", {}])("is refused where its migration returns %j", (made) => {
    const stored = new Stand(doorOf(), { version: 1 }).kept();
    const error = refusal(() => new Stand(doorOf(), { stored, version: 2, migrate: () => made as never }));
    expect(error.message).toMatch(/and migrate\(\) returned .*: return a state as it got one/);
  });

  it("is refused where its migration forgets what a state invokes, and says what to write", async () => {
    const stored = new Stand(doorOf(), { version: 1 }).send("open").kept();
    const call = fromPromise(async ({ input }: { input: string }) => `called ${input}`);
    const calling = setup({ actors: { call } }).createMachine({
      id: "door",
      initial: "shut",
      states: { shut: {}, calling: { invoke: { id: "it", src: "call", input: "x", onDone: "shut" } } },
    });
    const lost: Migrate = (state) => ({ ...state, value: "calling" });
    const error = refusal(() => new Stand(calling, { stored, version: 2, migrate: lost }));
    expect(error.message).toMatch(/state "door.calling" invokes "it": add it to its children, \{ "it": \{ src: "call"/);
    const children = { it: { src: "call", snapshot: { status: "active", input: "y" } } };
    const stand = new Stand(calling, { stored, version: 2, migrate: (state) => ({ ...lost(state, 1), children }) });
    await stand.clock.advance(0);
    expect(stand.told.value).toBe("shut");
  });
});

describe("the time of day", () => {
  it("set back while nobody was there, a timer waits no longer than was asked for", async () => {
    const stored = new Stand(doorOf()).send("open").kept();
    const clock = new VirtualClock(0, 0);
    const stand = new Stand(doorOf(), { clock, stored });
    await clock.advance(999);
    expect(stand.told.value).toBe("open");
    await clock.advance(1);
    expect(stand.told.value).toBe("shut");
  });

  it("long past, a timer fires at once", async () => {
    const stored = new Stand(doorOf()).send("open").kept();
    const clock = new VirtualClock(0, Date.UTC(2031, 0, 1));
    const stand = new Stand(doorOf(), { clock, stored });
    expect(stand.told.value).toBe("open");
    await clock.advance(0);
    expect(stand.told.value).toBe("shut");
  });
});
