import { describe, expect, onTestFinished, test } from "vitest";
import { connect } from "../../../src/client/node.js";
import { HandClock } from "../gateway/hand-clock.js";
import { type MathActor, world } from "./world.js";

describe("a lost connection", () => {
  test("fails what may have taken effect, and says so", async () => {
    const { app, client, relay } = await world();
    const lost = client.ref("math").ask.hang();
    await expect.poll(() => app.calls.length).toBe(1);
    relay.cut();
    await expect(lost).rejects.toMatchObject({ code: "ConnectionLost", retryable: false });
    expect(await client.ref("math").ask.add(1, 1)).toBe(2);
  });

  test.each([
    ["the server's welcome", {}, "safe" as const],
    ["the caller", { idempotent: true }, "hang" as const],
  ])("is invisible to an ask that %s declares idempotent: it is asked again", async (_, options, method) => {
    const { app, client, relay, answer } = await world();
    const asked = client.ref("math").with(options).ask[method]();
    await expect.poll(() => app.calls.length).toBe(1);
    relay.cut();
    await expect.poll(() => app.calls.length).toBe(2);
    if (method === "hang") {
      client.close();
      await expect(asked).rejects.toMatchObject({ code: "ConnectionLost", retryable: true });
    } else {
      answer("once");
      expect(await asked).toBe("once");
    }
  });

  test("keeps asks that were never written for the next connection, within their deadline", async () => {
    const { app, client, relay } = await world();
    relay.refuse();
    await expect.poll(() => client.connected).toBe(false);
    const sum = client.ref("math").ask.add(3, 4);
    const late = client.ref("math").with({ timeout: 20 }).ask.add(1, 1);
    await expect(late).rejects.toMatchObject({ code: "Timeout", retryable: true });
    relay.accept();
    expect(await sum).toBe(7);
    expect(app.calls).toHaveLength(1);
  });

  test("bounds what waits for it, in messages and in bytes", async () => {
    const { client, relay } = await world({
      client: { maxQueued: 2, maxBuffered: 1000, reconnect: { initial: 1, max: 5 } },
    });
    relay.refuse();
    await expect.poll(() => client.connected).toBe(false);
    const math = client.ref("math");
    const first = [math.ask.add(1, 1), math.ask.add(2, 2)];
    await expect(math.ask.add(3, 3)).rejects.toMatchObject({ code: "MailboxFull", retryable: true });
    expect(math.tell.echo(new Uint8Array(2000))).toBe(false);
    relay.accept();
    expect(await Promise.all(first)).toEqual([2, 4]);
  });

  test("that is half-open is noticed by silence", async () => {
    const clock = new HandClock();
    const { client, relay } = await world({ client: { clock, reconnect: { initial: 0, max: 0 } } });
    relay.hold();
    clock.advance(15_000);
    clock.advance(15_000);
    relay.accept();
    await expect.poll(() => relay.connections).toBe(2);
    await expect.poll(() => client.connected).toBe(true);
    expect(await client.ref("math").ask.add(1, 1)).toBe(2);
  });

  test("after close fails what is open, and what comes later", async () => {
    const { app, client } = await world();
    const open = client.ref("math").ask.hang();
    await expect.poll(() => app.calls.length).toBe(1);
    client.close();
    await expect(open).rejects.toMatchObject({ code: "ConnectionLost", retryable: false });
    await expect(client.ref("math").ask.add(1, 1)).rejects.toMatchObject({ code: "ConnectionLost" });
    await expect.poll(() => app.calls[0]!.options.signal!.aborted).toBe(true);
  });
});

describe("a client that does not reconnect", () => {
  test("hears at once that a stopping server took its ask no more", async () => {
    const { app, door, client, answer } = await world({ client: { reconnect: false } });
    const taken = client.ref("math").ask.safe();
    await expect.poll(() => app.calls.length).toBe(1);
    // Both are on their way when the server begins to stop; the second is read after that.
    const closed = door.close({ drain: "30s" });
    const refused = client.ref("math").ask.add(1, 1);
    await expect(refused).rejects.toMatchObject({ code: "Draining", retryable: true });
    answer("done");
    expect(await taken).toBe("done");
    await closed;
    await expect(client.ref("math").ask.add(1, 1)).rejects.toMatchObject({ code: "ConnectionLost" });
  });

  test("hears at once that its server has gone, also for what could be repeated", async () => {
    const { app, client, relay } = await world({ client: { reconnect: false } });
    const open = client.ref("math").ask.safe();
    await expect.poll(() => app.calls.length).toBe(1);
    relay.cut();
    await expect(open).rejects.toMatchObject({ code: "ConnectionLost", retryable: true });
    expect(client.connected).toBe(false);
    expect(relay.connections).toBe(1);
  });
});

test("an ask that waited for a connection until its deadline says what it waited for", async () => {
  const { door, client, relay } = await world();
  await door.close({ drain: 0 });
  // One is tried after the other: with the third the second has failed, and that is what the ask will say.
  await expect.poll(() => relay.connections).toBeGreaterThan(2);
  const late = client.ref("math").with({ timeout: 50 }).ask.add(1, 1);
  await expect(late).rejects.toMatchObject({ code: "Timeout", retryable: true });
  await expect(late).rejects.toThrow(/it waited for a connection \(ws:/);
});

describe("connect", () => {
  test("gives the first server that answers", async () => {
    const { door } = await world();
    const client = await connect(["ws://127.0.0.1:1", door.url]);
    onTestFinished(() => client.close());
    expect(Object.keys(client.exposes)).toEqual(["math"]);
  });

  test("that nobody answers says who was asked, and why not", async () => {
    const failure = await connect("ws://127.0.0.1:1", { connectTimeout: 50 }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "ConnectionLost", retryable: true });
    expect((failure as Error).message).toMatch(
      /no server answered within 50 ms at ws:\/\/127\.0\.0\.1:1\/: .*ECONNREFUSED/,
    );
  });

  test("shows its token in the first frame; a wrong one is not tried again", async () => {
    const token = "a-token-of-16-or-more";
    const { door } = await world({ gateway: { token }, client: { token } });
    const failure = connect(door.url, { token: "a-wrong-token-of-16" });
    await expect(failure).rejects.toMatchObject({ code: "Unauthorized" });
  });

  test.each(["", "math", "ftp://127.0.0.1"])("to %j is refused by name", async (url) => {
    await expect(connect(url)).rejects.toMatchObject({ code: "InvalidSpec" });
  });

  test("to what speaks another protocol ends with its words", async () => {
    const { WebSocketServer } = await import("ws");
    const server = new WebSocketServer({ port: 0, handleProtocols: () => "holdfast.v1" });
    onTestFinished(() => server.close());
    server.on("connection", (socket) => {
      socket.on("error", () => {});
      socket.send("good day");
    });
    const { port } = server.address() as { port: number };
    const failure = connect(`ws://127.0.0.1:${port}`, { connectTimeout: 50, reconnect: { initial: 10, max: 10 } });
    await expect(failure).rejects.toThrow("what is no frame");
  });
});

describe("an operator's client", () => {
  test("kills with the admin token, given at once or later", async () => {
    const { app, door, client } = await world();
    await expect(client.admin.kill("math")).rejects.toMatchObject({ code: "Unauthorized" });
    await expect(client.admin.login("a-wrong-token-of-16")).rejects.toMatchObject({ code: "Unauthorized" });
    await client.admin.login(door.adminToken);
    expect(await client.admin.kill("math", { key: "k" })).toBe(true);
    expect(await client.admin.kill("nothing")).toBe(false);
    const operator = await connect(door.url, { adminToken: door.adminToken });
    onTestFinished(() => operator.close());
    expect(await operator.admin.kill("math")).toBe(true);
    expect(app.killed.map(({ path }) => path)).toEqual(["math", "nothing", "math"]);
    await expect(connect(door.url, { adminToken: "a-wrong-token-of-16" })).rejects.toMatchObject({
      code: "Unauthorized",
    });
  });

  test("watches, and goes on after a drop", async () => {
    const { app, client, relay } = await world();
    const news: string[] = [];
    const stop = client.watch((item) => {
      if (item.type === "tree") news.push(item.tree.name);
      else if (item.type === "event") news.push(item.event.type);
      else if (item.type === "lost") news.push(`lost, ${item.again ? "another is tried" : "over"}`);
    });
    await expect.poll(() => news).toEqual(["app"]);
    app.emit({ type: "life", path: "app/math", state: "waiting" });
    await expect.poll(() => news).toContain("life");
    news.length = 0;
    relay.cut();
    await expect.poll(() => news).toEqual(["lost, another is tried", "app"]);
    stop();
    await client.ref("math").ask.add(1, 1);
    app.emit({ type: "life", path: "app/math", state: "running" });
    await client.ref("math").ask.add(1, 1);
    expect(news).toEqual(["lost, another is tried", "app"]);
  });

  test("goes on beside a watcher that throws or rejects: no answer and no other watcher is lost", async () => {
    const warned: string[] = [];
    const onWarning = ({ message }: Error) => void warned.push(message);
    process.on("warning", onWarning);
    onTestFinished(() => void process.off("warning", onWarning));
    const { app, client } = await world();
    client.watch(() => {
      throw Object.create(null);
    });
    client.watch(async () => {
      throw new Error("rejected");
    });
    const news: string[] = [];
    client.watch((item) => void news.push(item.type));
    await expect.poll(() => news).toContain("tree");
    app.emit({ type: "life", path: "app/math", state: "waiting" });
    await expect.poll(() => news).toContain("event");
    expect(await client.ref("math").ask.add(1, 1)).toBe(2);
    await expect.poll(() => warned).toContain("a listener of a watch threw: rejected");
    expect(warned).toContain("a listener of a watch threw: {}");
  });

  test("tells a watcher when it is over, and says who may watch", async () => {
    const { client } = await world();
    expect(client.mayWatch).toBe(true);
    const ends: boolean[] = [];
    client.watch((item) => {
      if (item.type === "lost") ends.push(item.again);
    });
    client.close();
    expect(ends).toEqual([false]);
  });
});

test("a server that drains is left for the next one; nothing is lost, and nothing asked twice", async () => {
  const one = await world();
  const two = await world();
  const client = await connect<{ math: MathActor }>([one.door.url, two.door.url]);
  onTestFinished(() => client.close());
  const underWay = client.ref("math").ask.safe();
  await expect.poll(() => one.app.calls.length).toBe(1);
  const closed = one.door.close({ drain: "8s" });
  const later = client.ref("math").ask.add(1, 1);
  one.answer("finished here");
  expect(await underWay).toBe("finished here");
  expect(await later).toBe(2);
  await closed;
  expect([one.app.calls.length, two.app.calls.length]).toEqual([1, 1]);
});
