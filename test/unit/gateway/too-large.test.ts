import { afterEach, describe, expect, test } from "vitest";
import { HoldfastError } from "../../../src/errors.js";
import { type Gateway, gateway } from "../../../src/gateway/gateway.js";
import type { GatewayOptions } from "../../../src/gateway/options.js";
import type { DeathReport } from "../../../src/system/death/report.js";
import { type FakeApp, fakeApp } from "./fake-app.js";
import { RawClient } from "./raw-client.js";

const doors: Gateway[] = [];
afterEach(async () => {
  await Promise.all(doors.splice(0).map((door) => door.close({ drain: 0 })));
});

let answer: (value: number) => void = () => {};

async function serve(options: Partial<GatewayOptions> = {}): Promise<{ app: FakeApp; door: Gateway }> {
  const slow = () =>
    new Promise<number>((resolve) => {
      answer = resolve;
    });
  const app = fakeApp({ math: { slow } });
  const door = await gateway(app, { port: 0, expose: { math: ["slow"] }, ...options });
  doors.push(door);
  return { app, door };
}

const crash = (id: number): DeathReport => ({
  id,
  at: id,
  path: "app/math",
  key: undefined,
  incarnation: id,
  isolation: "inline",
  host: "inline",
  cause: { kind: "threw", error: new HoldfastError("HandlerFailed", "x".repeat(1_000_000)) },
  answersLost: [],
  executing: [],
  redelivered: 0,
  failed: 1,
  poisoned: 0,
  decision: "restart",
  level: "in-place",
  times: {},
  record: undefined,
  flight: [],
});

describe("a watcher of a server whose errors are long", () => {
  test("gets its tree, and the reports with the beginning of their texts", async () => {
    const { app, door } = await serve();
    for (let id = 1; id <= 60; id++) app.recorded.push(crash(id));
    const client = await RawClient.connect(door.url);
    client.send({ type: "watch" });
    const first = await client.next("tree");
    expect(first.reports).toHaveLength(50);
    expect(JSON.stringify(first).length).toBeLessThan(1024 * 1024);
  });

  test("gets the latest of them where not all fit in a frame", async () => {
    const { app, door } = await serve({ maxPayload: 64 * 1024 });
    for (let id = 1; id <= 60; id++) app.recorded.push(crash(id));
    const client = await RawClient.connect(door.url);
    client.send({ type: "watch" });
    const first = await client.next("tree");
    expect(JSON.stringify(first).length).toBeLessThan(32 * 1024);
    expect((first.reports as { id: number }[]).at(-1)).toMatchObject({ id: 60 });
  });
});

test("a watcher of whole trees is closed where one fits no frame, and told to watch with diffs", async () => {
  const { app, door } = await serve({ maxPayload: 64 * 1024 });
  for (let i = 0; i < 2000; i++) {
    app.nodes.set(`n${i}`, { path: `app/n${i}`, name: `n${i}`, kind: "actor", state: "running", restarts: 0 });
  }
  const [whole, inParts] = [await RawClient.connect(door.url), await RawClient.connect(door.url)];
  whole.send({ type: "watch" });
  expect(await whole.closed).toMatchObject({
    code: 1008,
    reason: expect.stringMatching(/^the tree fits no frame: watch with diffs, and it comes in parts/),
  });
  inParts.send({ type: "watch", diffs: true });
  expect(await inParts.next("tree")).toMatchObject({ more: true });
});

test("an answer too large fails its own ask, and the others on the connection are answered", async () => {
  const { app, door } = await serve({ maxPayload: 64 * 1024 });
  // So many of one second are kept; they are some 160 kB.
  for (let i = 0; i < 150; i++) app.emit({ type: "life", path: `app/${"m".repeat(900)}`, state: "waiting" });
  const client = await RawClient.connect(door.url);
  client.send({ type: "ask", id: 1, to: "math", method: "slow", args: [] });
  client.send({ type: "events", id: 2 });
  expect(await client.next("error")).toMatchObject({ id: 2, error: { code: "PayloadTooLarge" } });
  answer(7);
  expect(await client.next("result")).toMatchObject({ id: 1, value: 7 });
});

describe("behind a trusted proxy on the same machine", () => {
  test.each([
    ["203.0.113.9", false],
    ["127.0.0.1, 203.0.113.9", false],
    ["127.0.0.2", true],
    ["::1", true],
    [undefined, true],
  ])("whoever comes from %s may watch without the admin token: %s", async (from, watch) => {
    const { door } = await serve({ trustProxies: ["127.0.0.1"] });
    const client = await RawClient.connect(door.url, from === undefined ? {} : { "x-forwarded-for": from });
    client.send({ type: "watch" });
    if (watch) expect(await client.next("tree")).toMatchObject({ tree: { name: "app" } });
    else expect(await client.next("error")).toMatchObject({ error: { code: "Unauthorized" } });
  });
});
