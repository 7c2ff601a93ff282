import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { keyed } from "holdfast";
import { files, memory } from "holdfast/state";
import { VirtualClock } from "holdfast/testing";
import { machine } from "holdfast/xstate";
import { afterEach, describe, expect, it } from "vitest";
import { assign, createMachine } from "xstate";
import { door } from "../../actors/door.mjs";
import { failure, levels, play } from "../stage.js";
import { until } from "../until.js";
import { Paper } from "./paper.js";

const url = new URL("../../actors/door.mjs", import.meta.url);
const NOON = Date.UTC(2025, 5, 1, 12);

const folders: string[] = [];

afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-machines-"));
  folders.push(folder);
  return folder;
}

describe.each(levels)("a durable machine, $level", ({ level }) => {
  const tree = () => ({
    door: machine<typeof door>(url, { isolation: level, durable: true, input: { name: "front" } }),
  });

  it("is where it was when its system starts again, its children too", async () => {
    const store = memory();
    const first = await play(tree(), {}, { store });
    await first.refs.door.ask.send({ type: "ring" });
    expect(await first.refs.door.ask.send({ type: "open" })).toMatchObject({ value: "open" });
    await first.app.stop();
    const second = await play(tree(), {}, { store });
    expect(await second.refs.door.ask.getSnapshot()).toMatchObject({
      value: "open",
      context: { opened: 1, name: "front" },
    });
    await second.refs.door.ask.send({ type: "shut" });
    expect(await second.refs.door.ask.send({ type: "burn" })).toMatchObject({ status: "done", output: { opened: 1 } });
    await second.app.stop();
    const third = await play(tree(), {}, { store });
    expect(await third.refs.door.ask.getSnapshot()).toMatchObject({ status: "done", output: { opened: 1 } });
    expect(third.app.reports()).toEqual([]);
  });
});

it("each key has a durable machine of its own, which goes on with its next message", async () => {
  const store = memory();
  const tree = () => ({ doors: keyed(machine<typeof door>(url, { durable: true }), { cells: 1 }) });
  const first = await play(tree(), {}, { store });
  await first.refs.doors.key("ada").ask.send({ type: "open" });
  await first.refs.doors.key("eve").ask.send({ type: "burn" });
  await first.refs.doors.key("ada").ask.send({ type: "card", id: "7" });
  await first.app.stop();
  const second = await play(tree(), {}, { store });
  expect(await second.refs.doors.key("ada").ask.getSnapshot()).toMatchObject({ value: "open", context: { opened: 1 } });
  expect(await second.refs.doors.key("eve").ask.getSnapshot()).toMatchObject({ status: "done" });
  expect(await second.refs.doors.key("bob").ask.getSnapshot()).toMatchObject({ value: "shut" });
});

describe("the timers of a durable machine", () => {
  const at = (clock: VirtualClock, store: Paper) =>
    play({ door: machine(door, { durable: true }) }, {}, { clock, store });

  /** Time passes, and what it sets off has its turn. */
  async function pass(clock: VirtualClock, ms: number): Promise<void> {
    await clock.advance(ms);
    for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate);
  }

  it("count the time that nobody was there", async () => {
    const store = new Paper();
    const before = new VirtualClock(0, NOON);
    const first = await at(before, store);
    await first.refs.door.ask.send({ type: "open" });
    await pass(before, 10_000);
    await first.app.stop();
    const after = new VirtualClock(0, NOON + 25_000);
    const second = await at(after, store);
    await pass(after, 4999);
    expect(await second.refs.door.ask.getSnapshot()).toMatchObject({ value: "open" });
    await pass(after, 1);
    expect(await second.refs.door.ask.getSnapshot()).toMatchObject({ value: "shut" });
    await second.app.stop();
  });

  it("fire once at the start where their time has passed", async () => {
    const store = new Paper();
    const first = await at(new VirtualClock(0, NOON), store);
    await first.refs.door.ask.send({ type: "open" });
    await first.app.stop();
    const clock = new VirtualClock(0, NOON + 86_400_000);
    const second = await at(clock, store);
    await pass(clock, 0);
    expect(await second.refs.door.ask.send({ type: "open" })).toMatchObject({ value: "open", context: { opened: 2 } });
    await pass(clock, 29_999);
    expect(await second.refs.door.ask.getSnapshot()).toMatchObject({ value: "open" });
    await second.app.stop();
  });

  it("begin with the first state, whether or not anybody sends anything", async () => {
    const egg = createMachine({ initial: "raw", states: { raw: { after: { 1000: "boiled" } }, boiled: {} } });
    const store = new Paper();
    const tree = () => ({ egg: machine(egg, { durable: true }) });
    const before = new VirtualClock(0, NOON);
    const first = await play(tree(), {}, { clock: before, store });
    await pass(before, 700);
    await first.app.stop();
    const after = new VirtualClock(0, NOON + 700);
    const second = await play(tree(), {}, { clock: after, store });
    await pass(after, 300);
    expect(await second.refs.egg.ask.getSnapshot()).toMatchObject({ value: "boiled" });
  });

  it("are undone with an event that cannot be stored", async () => {
    const store = new Paper();
    const clock = new VirtualClock(0, NOON);
    const { refs, app } = await at(clock, store);
    await refs.door.ask.getSnapshot();
    await pass(clock, 0);
    store.held = true;
    const open = failure(refs.door.ask.send({ type: "open" }));
    await until(() => store.waiting > 0, "an append");
    store.held = false;
    store.lose();
    expect(await open).toMatchObject({ code: "StoreFailed" });
    await pass(clock, 60_000);
    expect(await refs.door.ask.getSnapshot()).toMatchObject({ value: "shut", context: { opened: 0 } });
    expect(app.reports()).toMatchObject([{ cause: { kind: "unstored" } }]);
  });
});

it("events that waited for a durable machine are taken by the next program, in order and once", async () => {
  let broken = true;
  const list = createMachine({
    context: { heard: [] as number[] },
    initial: "fuse",
    states: {
      fuse: {
        after: {
          10: {
            actions: () => {
              if (broken) throw new Error("it burns");
            },
          },
        },
      },
    },
    on: { note: { actions: assign({ heard: ({ context, event }) => [...context.heard, event.number as number] }) } },
  });
  const store = memory();
  // After the second death the next start is far away, and mail waits for it.
  const tree = () => ({ list: machine(list, { durable: { mail: true }, backoff: { initial: "1h" } }) });
  const first = await play(tree(), {}, { store });
  await first.refs.list.ask.send({ type: "note", number: 0 });
  await until(() => first.app.reports().length === 2, "two deaths");
  for (const number of [1, 2, 3]) expect(first.refs.list.tell.send({ type: "note", number })).toBe(true);
  await first.app.stop({ drain: 0 });
  broken = false;
  for (const _ of ["the next program", "and the one after it"]) {
    const { refs, app } = await play(tree(), {}, { store });
    expect(await refs.list.ask.getSnapshot()).toMatchObject({ context: { heard: [0, 1, 2, 3] } });
    await app.stop();
  }
});

describe("what is stored, and a machine that has become another", () => {
  const counter = (by: number, version?: number, rest: object = {}) =>
    createMachine({
      id: "counter",
      ...(version === undefined ? {} : { version: String(version) }),
      context: { count: 0 },
      initial: "counting",
      states: {
        counting: { on: { add: { actions: assign({ count: ({ context }) => context.count + by }) } }, ...rest },
      },
    });

  it("go on together where the state is of the same shape", async () => {
    const store = memory();
    const first = await play({ counter: machine(counter(1), { durable: true }) }, {}, { store });
    await first.refs.counter.ask.send({ type: "add" });
    await first.app.stop();
    const second = await play({ counter: machine(counter(10), { durable: true }) }, {}, { store });
    expect(await second.refs.counter.ask.send({ type: "add" })).toMatchObject({ context: { count: 11 } });
  });

  it("do not where it is of another: it is parked, what is stored stays, and the machine that it was goes on", async () => {
    const store = memory();
    const first = await play({ counter: machine(counter(1), { durable: true }) }, {}, { store });
    await first.refs.counter.ask.send({ type: "add" });
    await first.app.stop();
    const changed = counter(1, undefined, { after: { 1000: "counting" } });
    const second = await play({ counter: machine(changed, { durable: true }) }, {}, { store, start: "background" });
    await until(() => second.app.tree().children![0]!.state === "quarantined", "it is parked");
    const refused = await failure(second.refs.counter.ask.getSnapshot());
    expect(refused.message).toMatch(/state "counter.counting" was: atomic; it is: atomic, after 1000/);
    await second.app.stop();
    const third = await play({ counter: machine(counter(1), { durable: true }) }, {}, { store });
    expect(await third.refs.counter.ask.getSnapshot()).toMatchObject({ context: { count: 1 } });
  });

  it("are brought together by a migration", async () => {
    const store = memory();
    const first = await play({ counter: machine(counter(1, 1), { durable: true }) }, {}, { store });
    await first.refs.counter.ask.send({ type: "add" });
    await first.app.stop();
    const migrate = (state: { context?: unknown }) =>
      ({ ...state, context: { count: (state.context as { count: number }).count * 100 } }) as never;
    const second = await play({ counter: machine(counter(1, 2), { durable: true, migrate }) }, {}, { store });
    expect(await second.refs.counter.ask.send({ type: "add" })).toMatchObject({ context: { count: 101 } });
    await second.app.stop();
    // It is of the second version by now, and not migrated again.
    const third = await play({ counter: machine(counter(1, 2), { durable: true, migrate }) }, {}, { store });
    expect(await third.refs.counter.ask.getSnapshot()).toMatchObject({ context: { count: 101 } });
  });
});

interface Line {
  at: number;
  was?: string;
  is?: string;
  rung?: number;
  children?: number;
}

/** A program of its own with a machine: see machine-host.mjs. */
function program(folder: string, isolation: string, ...events: string[]) {
  const script = new URL("../../actors/machine-host.mjs", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, folder, isolation, ...events], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    async line(): Promise<Line> {
      const { value, done } = await lines.next();
      if (done) throw new Error("the program ended without a word");
      return JSON.parse(value) as Line;
    },
    /** Where it has not ended by itself. */
    async kill(): Promise<void> {
      child.kill("SIGKILL");
      await exit;
    },
    async end(): Promise<void> {
      await exit;
    },
  };
}

describe.each(levels)("a program with a machine, $level, that is killed", ({ level }) => {
  it("goes on in the next one: timers ring once, never early", async () => {
    const folder = await newFolder();
    const first = program(folder, level, "set");
    const unset = await first.line();
    expect(unset.was).toBe("unset");
    expect(await first.line()).toMatchObject({ is: "set" });
    await first.kill();
    const second = program(folder, level);
    const was = await second.line();
    expect(["set", "rung"]).toContain(was.was);
    const rung = await second.line();
    expect(rung.rung).toBe(1);
    // It was set after it had told that it was not. (Node's timers are up to a millisecond early.)
    expect(rung.at - unset.at).toBeGreaterThanOrEqual(1199);
    await second.end();
    const third = program(folder, level);
    expect(await third.line()).toMatchObject({ was: "rung" });
    expect(await third.line()).toMatchObject({ rung: 1 });
    await third.end();
  });
});

it("a file of a machine is refused by name where something else is at its path", async () => {
  const folder = await newFolder();
  const first = await play({ it: machine(door, { durable: true }) }, {}, { store: files(folder) });
  await first.refs.it.ask.send({ type: "open" });
  await first.app.stop();
  const other = createMachine({ id: "other", initial: "a", states: { a: {} } });
  const second = play({ it: machine(other, { durable: true }) }, {}, { store: files(folder) });
  expect((await failure(second)).message).toMatch(/app\/it: the stored state does not fit the machine/);
});
