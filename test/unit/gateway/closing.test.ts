import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { HoldfastError } from "../../../src/errors.js";
import { type Gateway, gateway } from "../../../src/gateway/gateway.js";
import type { GatewayOptions } from "../../../src/gateway/options.js";
import { type FakeApp, fakeApp } from "./fake-app.js";
import { HandClock } from "./hand-clock.js";
import { RawClient } from "./raw-client.js";

const doors: Gateway[] = [];
afterEach(async () => {
  await Promise.all(doors.splice(0).map((door) => door.close({ drain: 0 })));
});

let finish = () => {};

function slowApp(): FakeApp {
  const gate = new Promise<string>((resolve) => {
    finish = () => resolve("done");
  });
  return fakeApp({
    math: { slow: () => gate, quick: () => 1, large: (n: number) => new Uint8Array(n) },
    sum: () => ({ push: () => gate }),
  });
}

async function serve(app: FakeApp, options: Partial<GatewayOptions> = {}): Promise<Gateway> {
  const expose = { math: ["slow", "quick", "large"], sum: { methods: ["push"], stream: "push" } };
  const door = await gateway(app, { port: 0, expose, ...options });
  doors.push(door);
  return door;
}

test("an error that is larger than a frame may be is told all the same, with the beginning of its words", async () => {
  const app = fakeApp({
    math: {
      slow: () => {
        throw new HoldfastError("Refused", "x".repeat(3000), { details: { much: "y".repeat(3000) } });
      },
      quick: () => 1,
      large: () => 0,
    },
    sum: () => ({ push: () => 0 }),
  });
  const door = await serve(app, { maxPayload: 1024 });
  const client = await RawClient.connect(door.url);
  client.send({ type: "ask", id: 1, to: "math", method: "slow", args: [] });
  const { error } = await client.next("error", { id: 1 });
  expect(error).toMatchObject({ code: "Refused", retryable: false, message: "x".repeat(200) });
  client.send({ type: "ask", id: 2, to: "math", method: "quick", args: [] });
  expect(await client.next("result", { id: 2 })).toMatchObject({ value: 1 });
});

describe("close", () => {
  test("stops accepting, tells the clients, waits for what is under way, then closes with 1001", async () => {
    const door = await serve(slowApp());
    const client = await RawClient.connect(door.url);
    client.send({ type: "ask", id: 1, to: "math", method: "slow", args: [] });
    await client.settle();
    const closed = door.close({ drain: "8s" });
    expect(await client.next("drain")).toEqual({ type: "drain", graceMs: 8000 });
    await expect(RawClient.connect(door.url)).rejects.toThrow("closed before welcome");
    const looked = async (path: string) => {
      const response = await fetch(new URL(path, door.pagesUrl));
      return [response.status, ((await response.json()) as { status: string }).status];
    };
    expect(await looked("health/ready")).toEqual([503, "draining"]);
    expect(await looked("health/live")).toEqual([200, "live"]);
    client.send({ type: "ask", id: 2, to: "math", method: "quick", args: [] });
    client.send({ type: "open", id: 3, to: "sum" });
    client.send({ type: "tell", to: "math", method: "quick", args: [] });
    expect(await client.next("error", { id: 2 })).toMatchObject({ error: { code: "Draining", retryable: true } });
    expect(await client.next("error", { id: 3 })).toMatchObject({ error: { code: "Draining", retryable: true } });
    expect(await client.next("error")).toMatchObject({ error: { code: "Draining" } });
    finish();
    expect(await client.next("result", { id: 1 })).toMatchObject({ value: "done" });
    expect(await client.closed).toEqual({ code: 1001, reason: "the server is stopping" });
    await closed;
    await expect(looked("health/live")).rejects.toThrow("fetch failed");
  });

  test("is not held up by a refused upgrade whose sender keeps the socket open", async () => {
    const door = await serve(slowApp());
    const { host, port } = door.address;
    const socket = connect({ host, port, allowHalfOpen: true });
    socket.write(`GET /nowhere HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    const heard = await new Promise<string>((resolve) => socket.once("data", (data) => resolve(data.toString())));
    expect(heard).toMatch(/^HTTP\/1.1 404/);
    await door.close({ drain: 0 });
    socket.destroy();
  });

  test("waits for the chunks of streams, takes none after, and releases their actors", async () => {
    const app = slowApp();
    const door = await serve(app);
    const client = await RawClient.connect(door.url);
    client.send({ type: "open", id: 1, to: "sum", key: "k" });
    client.send({ type: "chunk", id: 1, seq: 0, args: [] });
    await client.next("opened");
    const closed = door.close();
    await client.next("drain");
    client.send({ type: "chunk", id: 1, seq: 1, args: [] });
    await client.settle();
    finish();
    expect(await client.next("result")).toMatchObject({ seq: 0, value: "done" });
    await closed;
    expect(client.left.filter(({ type }) => type === "result" || type === "error")).toEqual([]);
    expect(app.calls).toHaveLength(1);
    expect(app.released).toEqual(["sum/k"]);
  });

  test("waits no longer than drain; the rest is cancelled", async () => {
    const clock = new HandClock();
    const app = slowApp();
    const door = await serve(app, { clock });
    const client = await RawClient.connect(door.url);
    client.send({ type: "ask", id: 1, to: "math", method: "slow", args: [] });
    await client.settle();
    const closed = door.close({ drain: "8s" });
    await client.next("drain");
    clock.advance(7999);
    await client.settle();
    clock.advance(1);
    expect((await client.closed).code).toBe(1001);
    await closed;
    expect(app.calls[0]!.options.signal!.aborted).toBe(true);
  });

  test("says unready meanwhile, and is idempotent", async () => {
    const door = await serve(slowApp());
    const client = await RawClient.connect(door.url);
    const health = await fetch(`${door.pagesUrl}health/ready`, { headers: { connection: "keep-alive" } });
    expect(health.status).toBe(200);
    const first = door.close();
    expect(door.close()).toBe(first);
    await first;
    expect((await client.closed).code).toBe(1001);
    expect(door.connections).toBe(0);
  });
});

describe("a connection that gives no sign of life", () => {
  test("for two heartbeats is dropped, and its asks are given up", async () => {
    const clock = new HandClock();
    const app = slowApp();
    const door = await serve(app, { clock, heartbeat: "15s" });
    const silent = await RawClient.connect(door.url);
    const lively = await RawClient.connect(door.url);
    silent.send({ type: "ask", id: 1, to: "math", method: "slow", args: [] });
    await silent.settle();
    // A half-open socket: it takes bytes and answers nothing, not even pings.
    silent.socket.pause();
    clock.advance(15_000);
    await lively.settle();
    clock.advance(15_000);
    await expect.poll(() => door.connections).toBe(1);
    expect(app.calls[0]!.options.signal!.aborted).toBe(true);
    await lively.settle();
  });

  test("is kept while it answers pings", async () => {
    const clock = new HandClock();
    const door = await serve(slowApp(), { clock, heartbeat: "15s" });
    const client = await RawClient.connect(door.url);
    for (let n = 0; n < 4; n++) {
      const pinged = new Promise((resolve) => client.socket.once("ping", resolve));
      clock.advance(15_000);
      await pinged;
      await client.settle();
    }
    expect(door.connections).toBe(1);
  });
});

describe("a reader that is too slow", () => {
  const MiB = 1024 * 1024;

  test("is no longer read while 8 MiB wait for it, and loses nothing once it reads on", async () => {
    const app = slowApp();
    const door = await serve(app);
    const [slow, other] = [await RawClient.connect(door.url), await RawClient.connect(door.url)];
    slow.socket.pause();
    for (let id = 0; id < 20; id++) {
      slow.send({ type: "ask", id, to: "math", method: "large", args: [4 * MiB] });
      await other.settle();
    }
    for (let n = 0; n < 5; n++) await other.settle();
    // The first answers fill the kernel's buffers and then ours; the later asks stay unread in the socket.
    expect(app.calls.length).toBeGreaterThan(0);
    expect(app.calls.length).toBeLessThan(20);
    slow.socket.resume();
    for (let id = 0; id < 16; id++)
      expect(((await slow.next("result", { id })).value as Uint8Array).length).toBe(4 * MiB);
    expect(app.calls).toHaveLength(20);
  });

  test("is closed when more waits than the hard limit", async () => {
    const app = slowApp();
    const door = await serve(app, { maxPayload: 8 * MiB });
    const slow = await RawClient.connect(door.url);
    slow.socket.pause();
    // All in one write, so that they are read before the first answer fills the buffer.
    for (let id = 0; id < 40; id++) slow.send({ type: "ask", id, to: "math", method: "large", args: [7 * MiB] });
    await expect.poll(() => door.connections, { timeout: 5000 }).toBe(0);
    slow.socket.resume();
    expect([1006, 1008]).toContain((await slow.closed).code);
  });
});
