import { Actor, fork, inline, type PoolOptions, pool, refTo, type SystemEvent, thread } from "holdfast";
import { VirtualClock } from "holdfast/testing";
import { describe, expect, it } from "vitest";
import { Hand, SlowStarter } from "../actors/cast.mjs";
import type { Leaky } from "../actors/leaky.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play } from "./stage.js";
import { until } from "./until.js";

type Recycled = Extract<SystemEvent, { type: "recycled"; by: string }>;

/** Hosts take real time to come and go, in which the time of these tests runs far ahead. */
const unhurried = { startTimeout: "24h", shutdown: "24h" } as const;

/** A member that takes as long as the test holds time. */
class Slow extends Actor<{ ms: number }> {
  say(value: number): number {
    return value;
  }
  take(): Promise<string> {
    return new Promise((resolve) => this.after(this.props.ms, () => resolve(this.self.path)));
  }
  fail(): void {
    throw new Error("as told");
  }
}

async function stage(options: PoolOptions, { ms = 10 } = {}) {
  const clock = new VirtualClock();
  const scene = await play({ pool: pool(inline(Slow, { ms }), options) }, {}, { clock });
  const recycled = () => scene.events.filter((event): event is Recycled => event.type === "recycled" && "by" in event);
  const node = () => scene.app.tree().children!.find(({ name }) => name === "pool")!;
  const names = () => node().children!.map(({ name }) => name);
  const serve = async (times: number) => {
    for (let i = 0; i < times; i++) await scene.refs.pool.ask.say(i);
  };
  return { ...scene, clock, pool: scene.refs.pool, recycled, node, names, serve };
}

describe("a member that has served long enough", () => {
  it("is replaced by count: the next one serves before it leaves", async () => {
    const { serve, clock, recycled, names, node, events, app } = await stage({ size: 1, recycle: { messages: 50 } });
    await serve(39);
    await clock.advance(1_000);
    expect(recycled()).toEqual([]);
    await serve(11);
    await clock.advance(1_000);
    expect(recycled()).toHaveLength(1);
    expect(recycled()[0]).toMatchObject({ path: "app/pool/1", by: "app/pool/2", what: "messages", value: 50 });
    expect(recycled()[0]!.why).toMatch(/^50 messages answered, at most 4\d$|^50 messages answered, at most 50$/);
    expect(names()).toEqual(["2"]);
    expect(node().scaling).toMatchObject({ members: 1, ready: 1 });
    const life = events.flatMap((event) => (event.type === "life" ? [`${event.path} ${event.state}`] : []));
    expect(life.indexOf("app/pool/2 running")).toBeLessThan(life.indexOf("app/pool/1 stopping"));
    expect(app.reports()).toEqual([]);
    // The new one begins from nothing.
    await serve(39);
    await clock.advance(5_000);
    expect(recycled()).toHaveLength(1);
  });

  it("is replaced by age, idle or not, and those that came together go one by one", async () => {
    const { clock, recycled, names } = await stage({ size: 4, recycle: { age: "1h" } });
    await clock.advance(47 * 60_000);
    expect(recycled()).toEqual([]);
    const seen: number[] = [];
    for (let minute = 0; minute < 14; minute++) {
      await clock.advance(60_000);
      seen.push(recycled().length);
    }
    expect(seen.at(-1)).toBe(4);
    // Not all in one minute.
    expect(seen.some((count) => count > 0 && count < 4)).toBe(true);
    expect(names()).toHaveLength(4);
    expect(recycled().every(({ what }) => what === "age")).toBe(true);
  });

  it("finishes what it executes, however long that takes, and nobody else goes meanwhile", async () => {
    const {
      pool: slow,
      serve,
      clock,
      recycled,
      node,
    } = await stage({ size: 2, recycle: { messages: 5 } }, { ms: 20_000 });
    await serve(20);
    const [one, two] = [slow.ask.take(), slow.ask.take()];
    await clock.advance(1_000);
    expect(recycled()).toHaveLength(1);
    await clock.advance(10_000);
    expect(recycled()).toHaveLength(1);
    expect(node().scaling).toMatchObject({ members: 2, ready: 2 });
    await clock.advance(10_000);
    expect(await Promise.all([one, two])).toHaveLength(2);
  });

  it("stays while mail waits too long", async () => {
    const { pool: slow, clock, recycled } = await stage({ size: 1, recycle: { messages: 3 } }, { ms: 400 });
    const all = Array.from({ length: 12 }, () => slow.ask.take());
    await clock.advance(4_000);
    expect(recycled()).toEqual([]);
    await clock.advance(2_000);
    await Promise.all(all);
    expect(recycled()).toHaveLength(1);
  });

  it("stays while another is down", async () => {
    const scene = await stage({ size: 2, recycle: { messages: 4 } });
    const { serve, clock, recycled, app } = scene;
    await serve(10);
    app.kill("pool/1");
    app.kill("pool/2");
    await until(
      () =>
        app
          .tree()
          .children!.at(-1)!
          .children!.every(({ state }) => state === "running"),
      "both back",
    );
    await clock.advance(1_000);
    // Their hosts are others: so is what they have behind them.
    expect(recycled()).toEqual([]);
  });

  it("is not begun anew by a handler's error", async () => {
    const { pool: slow, serve, clock, recycled } = await stage({ size: 1, recycle: { messages: 10 } });
    await serve(6);
    await slow.ask.fail().catch(() => {});
    await serve(6);
    await clock.advance(1_000);
    expect(recycled()).toMatchObject([{ path: "app/pool/1", what: "messages", value: 12 }]);
  });
});

describe("a pool that recycles", () => {
  it("of many never serves with fewer, and loses nothing, under load that never ends", async () => {
    const { pool: all, clock, recycled, node } = await stage({ size: 3, recycle: { messages: 20 } }, { ms: 5 });
    const answers: string[] = [];
    let least = Number.POSITIVE_INFINITY;
    let most = 0;
    for (let second = 0; second < 20; second++) {
      const batch = Array.from({ length: 24 }, () => all.ask.take());
      for (let i = 0; i < 10; i++) {
        await clock.advance(100);
        const up = node().children!.filter(({ state }) => state === "running").length;
        least = Math.min(least, up);
        most = Math.max(most, up);
      }
      answers.push(...(await Promise.all(batch)));
    }
    expect(answers).toHaveLength(480);
    expect(recycled().length).toBeGreaterThan(6);
    expect(least).toBe(3);
    expect(most).toBeLessThanOrEqual(4);
  });

  it("has as many as before where the old one, or the next one, is killed in the middle", async () => {
    for (const victim of ["1", "3"]) {
      const clock = new VirtualClock();
      const made = plan();
      const props = { gate: refTo<Gate>("gate"), name: "s", held: "up" };
      made.open("up");
      const scene = await play(
        { gate: gateOf(made), pool: pool(inline(SlowStarter, props), { size: 2, recycle: { messages: 6 } }) },
        {},
        { clock },
      );
      const { app, refs, events } = scene;
      const members = () => app.tree().children!.at(-1)!.children!;
      made.close("up");
      for (let i = 0; i < 14; i++) await refs.pool.ask.say(i);
      await clock.advance(1_000);
      expect(members().map(({ name, state }) => `${name} ${state}`)).toContain("3 starting");
      app.kill(`pool/${victim}`);
      await until(() => members().some(({ name, state }) => name === victim && state !== "running"), "the death");
      expect(app.tree().children!.at(-1)!.scaling).toMatchObject({ members: 2 });
      made.open("up");
      const settled = () => members().length === 2 && members().every(({ state }) => state === "running");
      for (let i = 0; i < 40 && !settled(); i++) await clock.advance(1_000);
      expect(settled()).toBe(true);
      expect(await refs.pool.ask.say(1)).toBe(1);
      expect(events.filter(({ type }) => type === "recycled").length).toBeGreaterThan(0);
    }
  });

  it("keeps its size where it grows, shrinks and is resized meanwhile", async () => {
    const {
      pool: all,
      clock,
      node,
      serve,
      recycled,
    } = await stage({ min: 1, max: 4, scale: { shrinkAfter: "2s" }, recycle: { messages: 5 } }, { ms: 50 });
    for (let round = 0; round < 12; round++) {
      const batch = Array.from({ length: 20 }, () => all.ask.take());
      await clock.advance(700);
      if (round === 4) await Promise.all([all.resize(3), clock.advance(10)]);
      if (round === 6) await Promise.all([all.resize(1), clock.advance(10)]);
      if (round === 8) await Promise.all([all.resize("auto"), clock.advance(10)]);
      await clock.advance(2_000);
      await Promise.all(batch);
      if (round === 5) expect(node().scaling).toMatchObject({ members: 3 });
      if (round === 7) expect(node().scaling).toMatchObject({ members: 1 });
    }
    await serve(1);
    await clock.advance(20_000);
    expect(recycled().length).toBeGreaterThan(3);
    expect(node().scaling).toMatchObject({ members: 1, ready: 1 });
    expect(node().children!.filter(({ state }) => state === "running")).toHaveLength(1);
  });

  it("keeps the old member where the next one cannot start, and tries again ever more rarely", async () => {
    const clock = new VirtualClock();
    const made = plan();
    const options = { overBudget: "quarantine", intensity: { restarts: 0, within: "60s" } } as const;
    const props = { gate: refTo<Gate>("gate"), name: "s", fails: "fail" };
    const scene = await play(
      { gate: gateOf(made), pool: pool(inline(SlowStarter, props, options), { size: 1, recycle: { messages: 100 } }) },
      {},
      { clock },
    );
    const { pool: ref } = scene.refs;
    const names = () =>
      scene.app
        .tree()
        .children!.at(-1)!
        .children!.map(({ name }) => name);
    for (let i = 0; i < 120; i++) await ref.ask.say(i);
    made.put("fail", 3);
    const tries = () => made.notes.filter((note) => note === "starting s").length - 1;
    const at: number[] = [];
    for (let second = 1; second <= 12; second++) {
      await clock.advance(1_000);
      while (at.length < tries()) at.push(second);
      expect(await ref.ask.say(second)).toBe(second);
    }
    // Three in vain; then one is up, and the old one goes.
    expect(at).toHaveLength(4);
    expect(at.slice(1).map((second, i) => second - at[i]!)).toEqual([1, 2, 4]);
    expect(names()).toEqual(["5"]);
  });

  it("that idles has no timer but for age", async () => {
    const { clock, serve } = await stage({ size: 1, recycle: { messages: 1_000 } });
    await serve(3);
    expect(clock.pending).toBeGreaterThan(0);
    await clock.advance(60_000);
    expect(clock.pending).toBe(0);
  });

  it("refuses what makes no sense, by name", async () => {
    const error = await failure(play({ pool: pool(inline(Slow, { ms: 1 }), { recycle: { memoryMb: 100 } }) }));
    expect(error).toMatchObject({ code: "InvalidSpec", details: { field: "app/pool.recycle.memoryMb" } });
  });
});

describe.each(levels)("recycling under load, $level", ({ level }) => {
  it("loses no message and doubles none", async () => {
    const clock = new VirtualClock();
    const made = plan();
    const { refs, events, app } = await play(
      {
        gate: gateOf(made),
        hands: pool(at(level, Hand, { gate: refTo<Gate>("gate") }, unhurried), { size: 2, recycle: { messages: 30 } }),
      },
      {},
      { clock },
    );
    const recycled = () => events.filter((event) => event.type === "recycled").length;
    let sent = 0;
    while (recycled() < 4) {
      const batch = Array.from({ length: 40 }, () =>
        refs.hands.with({ timeout: Number.POSITIVE_INFINITY }).ask.jot(`m${sent++}`),
      );
      await Promise.all(batch);
      await clock.advance(1_000);
    }
    await until(() => made.notes.filter((note) => note.startsWith("m")).length >= sent, "all of them");
    const notes = made.notes.filter((note) => note.startsWith("m"));
    expect(new Set(notes).size).toBe(sent);
    expect(notes).toHaveLength(sent);
    expect(app.reports()).toEqual([]);
  });
});

it.each([
  // A thread tells of its heap and buffers, a process of all that it has in memory.
  { level: "thread", run: thread<Leaky>, memoryMb: 80 },
  { level: "fork", run: fork<Leaky>, memoryMb: 200 },
])("a member that holds too much is replaced, by what it surely holds, $level", async ({ run, memoryMb }) => {
  const clock = new VirtualClock();
  const leaky = run(new URL("../actors/leaky.mjs", import.meta.url), undefined, unhurried);
  const { refs, events, app } = await play({ leaky: pool(leaky, { size: 1, recycle: { memoryMb } }) }, {}, { clock });
  const recycled = () => events.filter((event): event is Recycled => event.type === "recycled" && "by" in event);
  const patient = refs.leaky.with({ timeout: Number.POSITIVE_INFINITY });
  while (recycled().length === 0) {
    await patient.ask.leak(10);
    await clock.advance(2_500);
  }
  expect(recycled()[0]).toMatchObject({ path: "app/leaky/1", by: "app/leaky/2", what: "memory" });
  expect(recycled()[0]!.value).toBeGreaterThan(memoryMb * 1024 * 1024);
  expect(await patient.ask.leak(1)).toBe(1);
  expect(app.reports()).toEqual([]);
});
