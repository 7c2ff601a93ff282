import { fork, inline, keyed, pool, type SystemEvent, supervisor, system, thread } from "holdfast";
import { describe, expect, it } from "vitest";
import { Leaky } from "../actors/leaky.mjs";
import { counted } from "./balance.js";
import { until } from "./until.js";

const url = new URL("../actors/leaky.mjs", import.meta.url);
const levels = { thread: thread<Leaky>, fork: fork<Leaky> };

type Recycled = Extract<SystemEvent, { type: "recycled"; bytes: number }>;

function listen(app: { subscribe(listener: (event: SystemEvent) => void): unknown }) {
  const recycled: Recycled[] = [];
  const deaths: string[] = [];
  app.subscribe((event) => {
    if (event.type === "recycled" && "bytes" in event) recycled.push(event);
    if (event.type === "death") deaths.push(event.report.cause.kind);
  });
  return { recycled, deaths };
}

describe.each(["thread", "fork"] as const)("an actor over its soft limit, %s", (level) => {
  it("is recycled before the wall: every ask is answered, in order, and nobody is charged", async () => {
    const limits = { memory: { externalMb: 60 }, intensity: { restarts: 0, within: "60s" } } as const;
    await using app = await system(supervisor({}, { leaky: levels[level](url, undefined, limits) }));
    const { recycled, deaths } = listen(app);
    // It leaks until it has been recycled, with mail waiting all the time.
    const answers: number[] = [];
    const ask = async () => answers.push(await app.refs.leaky.ask.leak(4));
    while (recycled.length === 0) await Promise.all([ask(), ask(), ask(), ask(), ask()]);
    await Promise.all([ask(), ask(), ask()]);
    expect(answers).toEqual(answers.toSorted((a, b) => a - b));
    expect(answers.at(-1)).toBe(2);
    expect(recycled[0]).toMatchObject({ path: "app/leaky", what: "external", limitBytes: 60 * 1024 * 1024 });
    expect(recycled[0]!.bytes).toBeGreaterThan(60 * 1024 * 1024);
    expect(deaths).toEqual([]);
    expect(app.tree().children![0]).toMatchObject({ state: "running", incarnation: 2 });
    expect(counted(app, "leaky")).toMatchObject({ planned: { external: 1 }, restarts: {} });
  });

  it("is told the heap from what is outside it", async () => {
    const limits = { memory: { heapMb: 40, externalMb: 1000 }, heapMb: 400 };
    await using app = await system(supervisor({}, { leaky: levels[level](url, undefined, limits) }));
    const { recycled, deaths } = listen(app);
    while (recycled.length === 0) await app.refs.leaky.ask.hoard(2);
    expect(recycled[0]).toMatchObject({ what: "heap", limitBytes: 40 * 1024 * 1024 });
    expect(await app.refs.leaky.ask.incarnation()).toBe(2);
    expect(deaths).toEqual([]);
  });
});

describe("a cell over its soft limit", () => {
  it("is one of a pool: its members go on, and it comes back", async () => {
    const leaky = thread<Leaky>(url, undefined, { memory: { externalMb: 60 } });
    await using app = await system(supervisor({}, { leaky: pool(leaky, { size: 2 }) }));
    const { recycled, deaths } = listen(app);
    while (recycled.length === 0) await Promise.all([1, 2, 3, 4].map(() => app.refs.leaky.ask.leak(4)));
    expect(recycled[0]!.path).toMatch(/^app\/leaky\//);
    await Promise.all([1, 2, 3, 4].map(() => app.refs.leaky.ask.incarnation()));
    expect(deaths).toEqual([]);
  });

  it("is one of a keyed group: its keys move into the next one, with their mail", async () => {
    const leaky = thread<Leaky>(url, undefined, { memory: { externalMb: 60 } });
    await using app = await system(supervisor({}, { users: keyed(leaky, { cells: 1 }) }));
    const { recycled, deaths } = listen(app);
    const { users } = app.refs;
    while (recycled.length === 0) await Promise.all(["a", "b", "c"].map((key) => users.key(key).ask.leak(4)));
    expect(recycled[0]).toMatchObject({ path: "app/users/cell-1", what: "external" });
    await Promise.all(["a", "b", "c"].map((key) => users.key(key).ask.incarnation()));
    expect(deaths).toEqual([]);
  });
});

describe("a keyed group's cell that is to be recycled", () => {
  it("takes the mail that its own work waits for, with what stands before it, and comes to rest", async () => {
    const leaky = thread<Leaky>(url, undefined, { memory: { externalMb: 60 } });
    await using app = await system(supervisor({}, { users: keyed(leaky, { cells: 1 }) }));
    const { recycled, deaths } = listen(app);
    const { users } = app.refs;
    let over = false;
    const together = users
      .key("a")
      .ask.together(users.key("b"), 100, 60)
      .finally(() => {
        over = true;
      });
    // In one line with what comes from within: it keeps its place there.
    const outside = (async () => {
      while (!over) await users.key("b").ask.incarnation();
    })();
    expect(await together).toBe(60);
    await outside;
    await until(() => recycled.length > 0, "the cell is recycled");
    expect(recycled[0]).toMatchObject({ path: "app/users/cell-1", what: "external" });
    expect(await users.key("a").ask.incarnation()).toBe(2);
    expect(deaths).toEqual([]);
  });
});

describe("a process over its limit", () => {
  it("has its heaviest thread recycled, once", async () => {
    const tree = supervisor({}, { light: thread<Leaky>(url), heavy: thread<Leaky>(url), child: fork<Leaky>(url) });
    // It is over whatever the threads hold: what is tested is who is picked, and that there is a pause.
    await using app = await system(tree, { memory: { rssMb: 1 } });
    const { recycled, deaths } = listen(app);
    await Promise.all([app.refs.light.ask.leak(1), app.refs.heavy.ask.leak(40), app.refs.child.ask.leak(80)]);
    await until(() => recycled.some(({ path }) => path === "app/heavy"), "the heavy one is recycled");
    expect(recycled.at(-1)).toMatchObject({ what: "rss", limitBytes: 1024 * 1024 });
    expect(recycled.some(({ path }) => path === "app/child")).toBe(false);
    expect(await app.refs.heavy.ask.incarnation()).toBeGreaterThan(1);
    expect(deaths).toEqual([]);
  });
});

describe("memory limits that make no sense", () => {
  it.each([
    ["of an inline actor", inline(Leaky, undefined, { memory: { heapMb: 10 } }), /memory.*program's/],
    ["of an inline actor's heap", inline(Leaky, undefined, { heapMb: 64 }), /heapMb.*program's/],
    ["of nothing", thread<Leaky>(url, undefined, { memory: { heapMb: 0 } }), /memory\.heapMb.*0.*above 0/],
    ["above the wall", thread<Leaky>(url, undefined, { heapMb: 50, memory: { heapMb: 50 } }), /50 is not below heapMb/],
    ["of what is unknown", thread<Leaky>(url, undefined, { memory: { rssMb: 5 } as object }), /rssMb/],
  ])("%s are refused", async (_, spec, message) => {
    await expect(system(supervisor({}, { leaky: spec }))).rejects.toMatchObject({
      code: "InvalidSpec",
      message: expect.stringMatching(message),
    });
  });

  it("of the process are refused too", async () => {
    const started = system(supervisor({}, {}), { memory: { rssMb: -1 } });
    await expect(started).rejects.toMatchObject({ code: "InvalidSpec" });
  });
});
