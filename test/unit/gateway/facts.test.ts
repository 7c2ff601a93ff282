import { afterEach, expect, test } from "vitest";
import { Actor } from "../../../src/actor/actor.js";
import type { ActorFacts } from "../../../src/actor/methods.js";
import { type Client, connect } from "../../../src/client/node.js";
import { type Gateway, gateway } from "../../../src/gateway/gateway.js";
import type { Expose } from "../../../src/gateway/options.js";
import { inline, keyed, pool, supervisor, system } from "../../../src/index.js";
import { type FakeApp, fakeApp } from "./fake-app.js";
import { type Frame, RawClient } from "./raw-client.js";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

class Echo extends Actor {
  static override methods = { say: { idempotent: true } };
  say(text: string): string {
    return text;
  }
  async *count(to: number): AsyncGenerator<number> {
    for (let n = 0; n < to; n++) yield n;
  }
}

async function realDoor(echo: Expose): Promise<Gateway> {
  const tree = { echo: inline(Echo), many: pool(inline(Echo), { size: 2 }), each: keyed(inline(Echo)) };
  const app = await system(supervisor({}, tree));
  cleanups.push(() => app.stop());
  const door = await gateway(app, { port: 0, expose: { echo, many: ["say", "count"], each: ["say", "count"] } });
  cleanups.push(() => door.close({ drain: 0 }));
  return door;
}

async function clientOf(door: Gateway): Promise<Client<{ echo: Echo }>> {
  const client = await connect<{ echo: Echo }>(door.url);
  cleanups.push(() => client.close());
  return client;
}

const method = (more: object) => ({
  idempotent: false,
  limitMs: 60_000,
  learns: true,
  reveal: false,
  stream: false,
  ...more,
});
const facts = (methods: Record<string, object>): ActorFacts => ({
  methods: Object.fromEntries(Object.entries(methods).map(([name, more]) => [name, method(more)])),
  replayable: false,
  concurrency: 1,
});

/** A door whose actor has not started yet. */
async function earlyDoor(echo: Expose): Promise<{ app: FakeApp; door: Gateway }> {
  const app = fakeApp({ echo: { say: (text: string) => text, count: () => 3 } });
  const door = await gateway(app, { port: 0, expose: { echo } });
  cleanups.push(() => door.close({ drain: 0 }));
  return { app, door };
}

async function welcomeOf(door: Gateway): Promise<Frame> {
  const client = RawClient.open(door.url);
  cleanups.push(() => client.close());
  return client.next("welcome");
}

test("a method exposed by its name alone is what its class declares, for an actor, a pool and a keyed group", async () => {
  const client = await clientOf(await realDoor(["say", "count"]));
  const methods = { say: { idempotent: true, stream: false }, count: { idempotent: false, stream: true } };
  expect(client.exposes).toEqual({ echo: { methods }, many: { methods }, each: { methods } });
  const parts: number[] = [];
  for await (const part of client.ref("echo").ask.count(3)) parts.push(part);
  expect(parts).toEqual([0, 1, 2]);
});

test("what the configuration says of a method wins over its class, field by field", async () => {
  const client = await clientOf(
    await realDoor({ methods: { say: { idempotent: false }, count: { idempotent: true } } }),
  );
  expect(client.exposes.echo!.methods).toEqual({
    say: { idempotent: false, stream: false },
    count: { idempotent: true, stream: true },
  });
});

test("each welcome says what is known by then, also while the actor is away again", async () => {
  const { app, door } = await earlyDoor(["count"]);
  const said = async () => (await welcomeOf(door)).exposes;
  const count = (stream: boolean) => ({ echo: { methods: { count: { idempotent: false, stream } } } });
  expect(await said()).toEqual(count(false));
  app.known.set("echo", facts({ count: { stream: true } }));
  expect(await said()).toEqual(count(true));
  app.known.delete("echo");
  expect(await said()).toEqual(count(true));
});

test("a method that the class does not have is refused when the gateway opens", async () => {
  await expect(realDoor(["say", "sya"])).rejects.toMatchObject({
    code: "InvalidSpec",
    message: 'gateway.expose.echo lists "sya", which its class does not have; it has: say, count',
  });
});

test("found out later, such a method makes the server unready, and a call of it UnknownMethod", async () => {
  const { app, door } = await earlyDoor(["say", "sya"]);
  const ready = () => fetch(`${door.pagesUrl}health/ready`);
  expect((await ready()).status).toBe(200);
  app.known.set("echo", facts({ say: {}, count: {} }));
  const answer = await ready();
  expect([answer.status, await answer.json()]).toMatchObject([
    503,
    { actors: { echo: { ready: false, reason: expect.stringMatching(/lists "sya", .* it has: say, count/) } } },
  ]);
  const client = await RawClient.connect(door.url);
  cleanups.push(() => client.close());
  client.send({ type: "ask", id: 1, to: "echo", method: "sya", args: [] });
  expect((await client.next("error", { id: 1 })).error).toMatchObject({ code: "UnknownMethod", retryable: false });
  client.send({ type: "ask", id: 2, to: "echo", method: "say", args: ["hi"] });
  expect((await client.next("result", { id: 2 })).value).toBe("hi");
});

test("whoever cancels an ask is told that it was cancelled, not of a signal", async () => {
  class Slow extends Actor {
    wait(): Promise<void> {
      return new Promise((resolve) => this.signal.addEventListener("abort", () => resolve()));
    }
  }
  const app = await system(supervisor({}, { slow: inline(Slow) }));
  cleanups.push(() => app.stop());
  const door = await gateway(app, { port: 0, expose: { slow: ["wait"] } });
  cleanups.push(() => door.close({ drain: 0 }));
  const client = await RawClient.connect(door.url);
  cleanups.push(() => client.close());
  client.send({ type: "ask", id: 1, to: "slow", method: "wait", args: [] });
  client.send({ type: "cancel", id: 1 });
  const { error } = await client.next("error", { id: 1 });
  expect(error).toMatchObject({ code: "Cancelled", message: "the ask was cancelled by its caller" });
});
