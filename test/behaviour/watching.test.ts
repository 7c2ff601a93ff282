import { Actor, type App, inline, keyed, pool, type SystemStats, supervisor, system, type TreeNode } from "holdfast";
import { connect, type News } from "holdfast/client";
import { gateway } from "holdfast/gateway";
import { expect, onTestFinished, test } from "vitest";

class Echo extends Actor {
  say(text: string): string {
    return text;
  }
}

/** What only grows older is told in the steps in which people read it. */
function ageless(tree: TreeNode): TreeNode {
  return JSON.parse(JSON.stringify(tree, (key, value) => (key === "sinceMs" ? 0 : value))) as TreeNode;
}

async function served() {
  const app = await system(
    supervisor(
      { intensity: { restarts: 100, within: "60s" } },
      {
        one: inline(Echo),
        many: pool(inline(Echo), { min: 1, max: 4 }),
        keys: keyed(inline(Echo)),
      },
    ),
  );
  onTestFinished(() => app.stop({ drain: 0 }));
  const door = await gateway(app, { port: 0, expose: { one: ["say"] } });
  onTestFinished(() => door.close({ drain: 0 }));
  return { app, door };
}

/** A client and the newest of what it has heard. */
async function watcher(url: string) {
  const client = await connect(url);
  onTestFinished(() => client.close());
  const seen: { tree?: TreeNode; stats?: SystemStats; deaths: number } = { deaths: 0 };
  client.watch(
    (news: News) => {
      if (news.type === "tree") seen.tree = ageless(news.tree);
      if (news.type === "stats") seen.stats = news.stats;
      if (news.type === "event" && news.event.type === "death") seen.deaths += 1;
    },
    { stats: true },
  );
  return { client, seen };
}

/** Whatever happened: all have the tree that there is, and what was counted. */
async function agree(app: App<unknown>, all: readonly { seen: { tree?: TreeNode; stats?: SystemStats } }[]) {
  await expect
    .poll(() => all.filter(({ seen }) => JSON.stringify(seen.tree) !== JSON.stringify(ageless(app.tree()))).length, {
      timeout: 20_000,
    })
    .toBe(0);
  await expect
    .poll(() => all.map(({ seen }) => seen.stats?.units), { timeout: 20_000 })
    .toEqual(all.map(() => app.stats().units));
}

test("a hundred watchers see the tree that there is, whatever is killed, resized, added and removed meanwhile", async () => {
  const { app, door } = await served();
  const all = await Promise.all(Array.from({ length: 100 }, () => watcher(door.url)));
  await agree(app, all);
  for (let n = 0; n < 10; n++) {
    app.kill("one");
    await app.resize("many", (n % 4) + 1);
    await app.add("", `guest-${n}`, inline(Echo));
    if (n > 2) await app.remove(`guest-${n - 3}`);
    await app.refs.keys.with({ key: `<b onclick="x">\u001b[2J/${n % 5}` }).ask.say("any key");
    await all[n]!.client.ref<Echo>("one").ask.say("still here");
  }
  await agree(app, all);
  expect(all.map(({ seen }) => seen.deaths)).toEqual(Array(100).fill(10));
});

test("who comes later is told what has been: events with their reports, and a history of every unit", async () => {
  const { app, door } = await served();
  const { client } = await watcher(door.url);
  await client.ref<Echo>("one").ask.say("hello");
  app.kill("one");
  await client.ref<Echo>("one").ask.say("again");
  const { client: late } = await watcher(door.url);
  const told = async () => {
    const { events } = await late.events({ path: "one", types: ["death", "report"] });
    return events.map(({ event }) => event);
  };
  await expect.poll(told, { timeout: 20_000 }).toMatchObject([
    { type: "death", report: { path: "app/one", cause: { kind: "killed" } } },
    { type: "report", report: { path: "app/one", decision: "restart" } },
  ]);
  await expect.poll(async () => (await late.history("one"))?.times.length, { timeout: 20_000 }).toBeGreaterThan(1);
  const history = await late.history("many");
  expect(history).toMatchObject({ path: "app/many", kind: "pool" });
  expect(history!.columns.members[0]).toBe(1);
  expect(history!.columns.ready[0]).toBe(1);
});
