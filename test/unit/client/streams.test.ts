import { afterEach, describe, expect, test } from "vitest";
import type { Client, InputStream, StreamState } from "../../../src/client/node.js";
import { connect } from "../../../src/client/node.js";
import { HoldfastError } from "../../../src/errors.js";
import { type Gateway, gateway } from "../../../src/gateway/gateway.js";
import type { GatewayOptions } from "../../../src/gateway/options.js";
import { type FakeApp, fakeApp } from "../gateway/fake-app.js";
import { Relay } from "./relay.js";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Server {
  app: FakeApp;
  door: Gateway;
  relay: Relay;
}

/** A running sum per key: a lost, repeated or reordered chunk makes every later answer wrong. */
async function server(options: Partial<GatewayOptions> = {}): Promise<Server> {
  const app = fakeApp({
    sum: () => {
      let total = 0;
      return {
        push: (n: number) => {
          if (n < 0) throw new HoldfastError("HandlerFailed", "negative");
          total = total * 3 + n;
          return total;
        },
      };
    },
  });
  const expose = { sum: { methods: ["push"], stream: "push" } };
  const door = await gateway(app, { port: 0, expose, hosts: ["127.0.0.1"], ...options });
  const relay = await Relay.to(door.address.port);
  cleanups.push(
    () => door.close({ drain: 0 }),
    () => relay.close(),
  );
  return { app, door, relay };
}

async function clientOf(...urls: string[]): Promise<Client> {
  const client = await connect(urls, { reconnect: { initial: 1, max: 5 } });
  cleanups.push(() => client.close());
  return client;
}

function sums(chunks: number[]): number[] {
  let total = 0;
  return chunks.map((n) => (total = (total * 3 + n) % 1e9));
}

const chunks = Array.from({ length: 12 }, (_, n) => n % 3);

function statesOf(stream: InputStream): StreamState["state"][] {
  const states: StreamState["state"][] = [];
  stream.subscribe(({ state }) => states.push(state));
  return states;
}

describe("a stream", () => {
  test("gives each chunk its result, and ends with their number", async () => {
    const { app, door } = await server();
    const stream = (await clientOf(door.url)).stream<number, [number]>("sum", { key: "mic" });
    const results = await Promise.all(chunks.map((n) => stream.push(n)));
    expect(results).toEqual(sums(chunks));
    expect(await stream.end()).toBe(12);
    expect(app.released).toEqual(["sum/mic"]);
    expect(stream.state).toEqual({ state: "ended", count: 12 });
    await expect(stream.push(1)).rejects.toThrow("has ended: open another");
  });

  test("can be iterated, and results wait for a slow consumer within the window", async () => {
    const { app, door } = await server({ streamWindow: 4 });
    const stream = (await clientOf(door.url)).stream<number, [number]>("sum");
    const results = stream[Symbol.asyncIterator]();
    for (const n of chunks) void stream.push(n);
    const count = stream.end();
    expect((await results.next()).value).toBe(sums(chunks)[0]);
    // Four are unacknowledged at most: the server cannot have been sent more.
    expect(app.calls.length).toBeLessThanOrEqual(5);
    const rest: number[] = [];
    for await (const value of { [Symbol.asyncIterator]: () => results }) rest.push(value);
    expect(rest).toEqual(sums(chunks).slice(1));
    expect(await count).toBe(12);
  });

  test("of more chunks than the window flows on", async () => {
    const { door } = await server({ streamWindow: 3 });
    const stream = (await clientOf(door.url)).stream<number, [number]>("sum");
    const many = Array.from({ length: 300 }, () => 0);
    await Promise.all(many.map((n) => stream.push(n)));
    expect(await stream.end()).toBe(300);
  });

  test("goes on after a failed chunk; an iteration ends with its error", async () => {
    const { door } = await server();
    const client = await clientOf(door.url);
    const pushed = client.stream<number, [number]>("sum");
    await expect(pushed.push(-1)).rejects.toMatchObject({ code: "HandlerFailed" });
    expect(await pushed.push(2)).toBe(2);
    const iterated = client.stream<number, [number]>("sum");
    const reading = (async () => {
      for await (const _ of iterated);
    })();
    void iterated.push(-1);
    await expect(reading).rejects.toMatchObject({ code: "HandlerFailed" });
    expect(await iterated.push(2)).toBe(2);
  });

  test("that the server refuses fails with its words", async () => {
    const { door } = await server();
    const client = await clientOf(door.url);
    const absent = client.stream("absent");
    await expect(absent.push(1)).rejects.toMatchObject({ code: "NotExposed" });
    await expect(absent.end()).rejects.toMatchObject({ code: "NotExposed" });
    const first = client.stream<number, [number]>("sum", { key: "k" });
    await first.push(1);
    await expect(client.stream("sum", { key: "k" }).push(1)).rejects.toMatchObject({
      code: "Unavailable",
      retryable: true,
    });
  });

  test("that is cancelled releases its actor and fails what is open", async () => {
    const { app, door } = await server();
    const stream = (await clientOf(door.url)).stream<number, [number]>("sum", { key: "k" });
    await stream.push(1);
    const open = stream.push(2);
    stream.cancel();
    await expect(open).rejects.toMatchObject({ code: "Cancelled" });
    await expect.poll(() => app.released).toEqual(["sum/k"]);
  });

  test("refuses a chunk that cannot be sent, and is not disturbed by it", async () => {
    const { door } = await server();
    const stream = (await clientOf(door.url)).stream("sum");
    await expect(stream.push(() => 1)).rejects.toMatchObject({ code: "InvalidValue" });
    expect(await stream.push(1)).toBe(1);
  });

  test("bounds what waits in it", async () => {
    const { relay } = await server();
    const client = await connect(relay.url, { maxBuffered: 1000, reconnect: { initial: 1, max: 5 } });
    cleanups.push(() => client.close());
    relay.refuse();
    await expect.poll(() => client.connected).toBe(false);
    const stream = client.stream("sum");
    const first = stream.push(1, new Uint8Array(2000));
    await expect(stream.push(1)).rejects.toMatchObject({ code: "MailboxFull" });
    relay.accept();
    expect(await first).toBe(1);
  });
});

describe("a stream whose connection drops", () => {
  test("after any chunk resumes: no result is lost, repeated or wrong", async () => {
    for (let cutAfter = 0; cutAfter < chunks.length; cutAfter++) {
      const { app, relay } = await server({ streamWindow: 4 });
      const stream = (await clientOf(relay.url)).stream<number, [number]>("sum");
      const states = statesOf(stream);
      const results = chunks.map((n) => stream.push(n));
      await results[cutAfter];
      relay.cut();
      expect(await Promise.all(results)).toEqual(sums(chunks));
      expect(await stream.end()).toBe(12);
      expect(app.calls).toHaveLength(12);
      if (cutAfter < chunks.length - 4) expect(states).toEqual(["attached", "detached", "attached", "ended"]);
    }
  });

  test("again and again resumes each time", async () => {
    const { app, relay } = await server({ streamWindow: 4 });
    const stream = (await clientOf(relay.url)).stream<number, [number]>("sum");
    for (const [at, n] of chunks.entries()) {
      const result = stream.push(n);
      if (at % 2 === 0) relay.cut();
      expect(await result).toBe(sums(chunks)[at]);
    }
    expect(app.calls).toHaveLength(12);
    expect(await stream.end()).toBe(12);
  });

  test("keeps what is pushed meanwhile", async () => {
    const { relay } = await server();
    const client = await clientOf(relay.url);
    const stream = client.stream<number, [number]>("sum");
    await stream.push(1);
    relay.refuse();
    await expect.poll(() => stream.state.state).toBe("detached");
    const waiting = [stream.push(2), stream.push(0)];
    relay.accept();
    expect(await Promise.all(waiting)).toEqual([5, 15]);
  });

  test("hears of its end although the word of it was lost", async () => {
    const { app, relay } = await server();
    const stream = (await clientOf(relay.url)).stream<number, [number]>("sum", { key: "k" });
    await stream.push(1);
    const ended = stream.end();
    relay.cut();
    expect(await ended).toBe(1);
    await expect.poll(() => app.released).toContain("sum/k");
  });
});

describe("a stream whose server is gone", () => {
  test("is replayed elsewhere when everything is kept: each result once, and right", async () => {
    const [one, two] = [await server(), await server()];
    const stream = (await clientOf(one.relay.url, two.relay.url)).stream<number, [number]>("sum", { keep: "all" });
    const attached: number[] = [];
    stream.subscribe((state) => state.state === "attached" && attached.push(state.replayed));
    const seen: number[] = [];
    const reading = (async () => {
      for await (const value of stream) seen.push(value);
    })();
    for (const n of chunks.slice(0, 7)) await stream.push(n);
    one.relay.refuse();
    for (const n of chunks.slice(7)) await stream.push(n);
    expect(await stream.end()).toBe(12);
    await reading;
    expect(seen).toEqual(sums(chunks));
    // Seven had results; the eighth may have been on its way when the connection went.
    expect(attached).toEqual([0, expect.toSatisfy((replayed: number) => replayed === 7 || replayed === 8)]);
    expect([one.app.calls.length, two.app.calls.length]).toEqual([7, 12]);
  });

  test("is StreamLost when its first chunks are forgotten: never a silent wrong answer", async () => {
    const [one, two] = [await server(), await server()];
    const stream = (await clientOf(one.relay.url, two.relay.url)).stream<number, [number]>("sum");
    for (const n of chunks.slice(0, 7)) await stream.push(n);
    one.relay.refuse();
    await expect(stream.push(1)).rejects.toMatchObject({ code: "StreamLost", retryable: false });
    await expect(stream.end()).rejects.toMatchObject({ code: "StreamLost" });
    await expect.poll(() => two.app.released.length).toBe(1);
  });

  test("is StreamLost when all were to be kept but grew over the bound", async () => {
    const [one, two] = [await server(), await server()];
    const stream = (await clientOf(one.relay.url, two.relay.url)).stream("sum", { keep: "all", keepBytes: 5000 });
    for (let n = 0; n < 7; n++) await stream.push(1, new Uint8Array(1000));
    one.relay.refuse();
    await expect(stream.push(1)).rejects.toMatchObject({ code: "StreamLost" });
  });

  test("and that had not begun simply begins there", async () => {
    const [one, two] = [await server(), await server()];
    const client = await clientOf(one.relay.url, two.relay.url);
    const stream = client.stream<number, [number]>("sum");
    await expect.poll(() => stream.state.state).toBe("attached");
    one.relay.refuse();
    expect(await stream.push(4)).toBe(4);
    expect(two.app.calls).toHaveLength(1);
  });

  test("because it drains, is replayed on the next one", async () => {
    const [one, two] = [await server(), await server()];
    const stream = (await clientOf(one.door.url, two.door.url)).stream<number, [number]>("sum", { keep: "all" });
    for (const n of chunks.slice(0, 6)) await stream.push(n);
    const closed = one.door.close();
    const rest = chunks.slice(6).map((n) => stream.push(n));
    expect(await Promise.all(rest)).toEqual(sums(chunks).slice(6));
    await closed;
    expect(await stream.end()).toBe(12);
    expect(two.app.calls).toHaveLength(12);
  });
});

test("a client that closes fails its streams", async () => {
  const { door } = await server();
  const client = await clientOf(door.url);
  const stream = client.stream<number, [number]>("sum");
  await stream.push(1);
  client.close();
  await expect(stream.push(1)).rejects.toMatchObject({ code: "ConnectionLost" });
  expect(stream.state.state).toBe("failed");
});
