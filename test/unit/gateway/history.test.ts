import { expect, onTestFinished, test } from "vitest";
import { connect } from "../../../src/client/node.js";
import { gateway } from "../../../src/gateway/gateway.js";
import { HistoryKeeper } from "../../../src/gateway/history-keeper.js";
import type { GatewayOptions } from "../../../src/gateway/options.js";
import type { UnitStats } from "../../../src/system/stats.js";
import { type FakeApp, fakeApp } from "./fake-app.js";
import { HandClock } from "./hand-clock.js";
import { RawClient } from "./raw-client.js";

function count(app: FakeApp, answered: number): void {
  const zero = { told: 0, shed: 0, redelivered: 0, quarantined: 0, waiting: 3, executing: 0, oldestWaitMs: 0 };
  const counted = { failed: {}, refused: {}, restarts: {} };
  const unit: UnitStats = { path: "app/math", kind: "actor", accepted: answered, answered, ...zero, ...counted };
  app.counted = { uptimeMs: 0, reports: 0, deadLetters: {}, units: [unit] };
}

/** A clock whose wall moves with it. */
class WallClock extends HandClock {
  override wallTime(): number {
    return this.now();
  }
}

async function served(options: Partial<GatewayOptions> = {}) {
  const app = fakeApp({ math: {} });
  count(app, 10);
  const door = await gateway(app, { port: 0, expose: {}, ...options });
  onTestFinished(() => door.close({ drain: 0 }));
  return { app, door };
}

test("the last minutes of a unit and the last events are given to whoever asks, as typed arrays and plain data", async () => {
  const { app, door } = await served();
  const client = await connect(door.url);
  onTestFinished(() => client.close());
  const history = await client.history("math");
  expect(history).toMatchObject({ path: "app/math", kind: "actor", stepMs: 2000 });
  expect(Array.from(history!.columns.waiting)).toEqual([3]);
  expect(history!.columns.rate).toBeInstanceOf(Float32Array);
  expect(history!.times).toBeInstanceOf(Float64Array);
  expect(Array.from((await client.history("app/math", { since: Date.now() + 60_000 }))!.times)).toEqual([]);
  expect(await client.history("nobody")).toBeUndefined();
  app.emit({ type: "life", path: "app/math", state: "waiting", reason: "<b>&\u001b[2J" });
  app.emit({ type: "scaled", path: "app/pool", from: 1, to: 2, by: "hand", why: "a hand" });
  const { events, more, lost } = await client.events({ path: "math" });
  expect([events.map(({ event }) => event), more, lost]).toEqual([
    [{ type: "life", path: "app/math", state: "waiting", reason: "<b>&\u001b[2J" }],
    false,
    0,
  ]);
  expect((await client.events({ types: ["scaled"] })).events.length).toBe(1);
  expect((await client.events({ since: Date.now() + 60_000 })).events).toEqual([]);
  const text = await RawClient.connect(door.url, {}, []);
  onTestFinished(() => text.close());
  text.sendText({ type: "history", id: 1, path: "math" });
  expect(await text.next("result", { id: 1 })).toMatchObject({ value: { columns: { rate: { dtype: "float32" } } } });
});

test("a look is taken every two seconds, and none after the end", () => {
  const app = fakeApp({ math: {} });
  const clock = new WallClock();
  const keeper = new HistoryKeeper(app, clock);
  count(app, 0);
  keeper.begin();
  expect(app.measured).toBe(1);
  for (let n = 1; n <= 400; n++) {
    count(app, n * 10);
    clock.advance(2000);
  }
  const { times, columns } = keeper.history("math", undefined)!;
  expect([times.length, times.at(-1)]).toEqual([300, 800_000]);
  expect(Array.from(columns.rate)).toEqual(Array(300).fill(5));
  keeper.close();
  app.emit({ type: "life", path: "app/math", state: "waiting" });
  expect([app.measured, clock.pending, keeper.events({}).events]).toEqual([0, 0, []]);
});

test("a server that keeps nothing says so, and times nothing", async () => {
  const { app, door } = await served({ history: false });
  const client = await connect(door.url);
  onTestFinished(() => client.close());
  expect(app.measured).toBe(0);
  await expect(client.history("math")).rejects.toMatchObject({ code: "Unavailable", retryable: false });
  await expect(client.events()).rejects.toMatchObject({ code: "Unavailable" });
});

test("nobody reads the past of a server that other machines reach without the admin right", async () => {
  const [token, adminToken] = ["t".repeat(16), "a".repeat(16)];
  const { door } = await served({ host: "0.0.0.0", hosts: ["127.0.0.1"], token, adminToken });
  const url = `ws://127.0.0.1:${door.address.port}`;
  const caller = await connect(url, { token });
  onTestFinished(() => caller.close());
  await expect(caller.history("math")).rejects.toMatchObject({ code: "Unauthorized" });
  await expect(caller.events()).rejects.toMatchObject({ code: "Unauthorized" });
  const operator = await connect(url, { adminToken });
  onTestFinished(() => operator.close());
  expect(await operator.history("math")).toBeDefined();
});
