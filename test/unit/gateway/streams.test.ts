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

const expose: GatewayOptions["expose"] = { sum: { methods: ["push", "break", "hold"], stream: "push" } };

async function serve(app: FakeApp, options: Partial<GatewayOptions> = {}): Promise<Gateway> {
  const door = await gateway(app, { port: 0, expose, ...options });
  doors.push(door);
  return door;
}

/** A running sum per key: an answer shows every chunk that came before it. */
function sumApp(): FakeApp & { letGo: () => void } {
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const app = fakeApp({
    sum: () => {
      let total = 0;
      return {
        push: (n: number) => {
          if (n < 0) throw new HoldfastError("HandlerFailed", "negative");
          total += n;
          return total;
        },
        break: () => {
          throw new HoldfastError("ActorDied", "the thread died");
        },
        hold: async (n: number) => {
          await gate;
          total += n;
          return total;
        },
      };
    },
    plain: { push: () => 1 },
  });
  return Object.assign(app, { letGo: () => letGo() });
}

async function opened(client: RawClient, fields: Record<string, unknown> = {}) {
  client.send({ type: "open", id: 1, to: "sum", ...fields });
  return (await client.next("opened")) as unknown as { session: string; next: number; credit: number; fresh: boolean };
}

const chunk = (seq: number, ...args: unknown[]) => ({ type: "chunk", id: 1, seq, args });

describe("a stream of chunks", () => {
  test("is answered in order, result and safe for each, and ends with the count", async () => {
    const app = sumApp();
    const client = await RawClient.connect((await serve(app)).url);
    expect(await opened(client)).toEqual({
      type: "opened",
      id: 1,
      session: expect.stringMatching(/^[0-9a-f]{32}$/),
      next: 0,
      credit: 32,
      fresh: true,
      detachMs: 30000,
    });
    for (let seq = 0; seq < 4; seq++) client.send(chunk(seq, 10 ** seq));
    client.send({ type: "end", id: 1 });
    const totals = [1, 11, 111, 1111];
    for (const [seq, value] of totals.entries()) {
      expect(await client.next("result")).toEqual({ type: "result", id: 1, seq, value });
      expect(await client.next("safe")).toEqual({ type: "safe", id: 1, seq });
    }
    expect(await client.next("end")).toEqual({ type: "end", id: 1, count: 4 });
    const key = app.calls[0]!.options.key!;
    expect(key).toMatch(/^stream-[0-9a-f]{16}$/);
    expect(app.released).toEqual([`sum/${key}`]);
  });

  test("earns credit by acknowledging, and is refused beyond it", async () => {
    const client = await RawClient.connect((await serve(sumApp(), { streamWindow: 2 })).url);
    expect((await opened(client)).credit).toBe(2);
    client.send(chunk(0, 1));
    client.send(chunk(1, 1));
    await client.next("result", { seq: 1 });
    client.send({ type: "ack", id: 1, seq: 1 });
    expect(await client.next("credit")).toEqual({ type: "credit", id: 1, n: 2 });
    client.send({ type: "ack", id: 1, seq: 0 });
    client.send({ type: "ack", id: 1, seq: 999 });
    for (const seq of [2, 3, 4]) client.send(chunk(seq, 1));
    expect(await client.next("error")).toMatchObject({ id: 1, error: { code: "TooManyInFlight" } });
    expect(client.left.some(({ type }) => type === "credit")).toBe(false);
  });

  test("goes on after a chunk that failed: its error is its outcome", async () => {
    const client = await RawClient.connect((await serve(sumApp())).url);
    await opened(client);
    client.send(chunk(0, 1));
    client.send(chunk(1, -1));
    client.send(chunk(2, { dtype: "float32", shape: [9], data: Buffer.alloc(1) }));
    client.send(chunk(3, 1));
    expect(await client.next("error", { seq: 1 })).toMatchObject({ error: { code: "HandlerFailed" } });
    expect(await client.next("error", { seq: 2 })).toMatchObject({ error: { code: "InvalidValue" } });
    expect(await client.next("result", { seq: 3 })).toMatchObject({ value: 2 });
  });

  test("into a key of the client's choice uses that key, and one stream at a time", async () => {
    const app = sumApp();
    const door = await serve(app);
    const [client, other] = [await RawClient.connect(door.url), await RawClient.connect(door.url)];
    await opened(client, { key: "mic 7" });
    other.send({ type: "open", id: 1, to: "sum", key: "mic 7" });
    expect(await other.next("error")).toMatchObject({ id: 1, error: { code: "Unavailable", retryable: true } });
    client.send({ type: "end", id: 1 });
    await client.next("end");
    expect(app.released).toEqual(["sum/mic 7"]);
    expect((await opened(other, { key: "mic 7" })).fresh).toBe(true);
  });

  test("that is cancelled ends at once and releases its actor", async () => {
    const app = sumApp();
    const client = await RawClient.connect((await serve(app)).url);
    await opened(client, { key: "k", method: "hold" });
    client.send(chunk(0, 1));
    client.send({ type: "cancel", id: 1 });
    expect(await client.next("error")).toMatchObject({ id: 1, error: { code: "Cancelled" } });
    expect(app.calls[0]!.options.signal!.aborted).toBe(true);
    expect(app.released).toEqual(["sum/k"]);
  });

  test.each<[string, object, string]>([
    ["a gap in the seqs", chunk(1, 1), "BadFrame"],
    ["an id that is not open", { ...chunk(0, 1), id: 9 }, "StreamLost"],
  ])("with %s is let go, and can be resumed", async (_, frame, code) => {
    const client = await RawClient.connect((await serve(sumApp())).url);
    const { session } = await opened(client);
    client.send(frame);
    expect(await client.next("error")).toMatchObject({ error: { code } });
    client.send({ type: "detach", id: 1 });
    expect(await opened(client, { session, have: -1 })).toMatchObject({ fresh: false, next: 0 });
  });

  test("is not opened on what is no stream, nor with a method that is not exposed", async () => {
    const door = await serve(sumApp(), { expose: { ...expose, plain: ["push"] } });
    const client = await RawClient.connect(door.url);
    for (const [id, frame] of [
      { to: "plain" },
      { to: "plain", method: "push" },
      { to: "sum", method: "secret" },
      { to: "no" },
    ].entries()) {
      client.send({ type: "open", id, ...frame });
      expect(await client.next("error", { id })).toMatchObject({ error: { code: "NotExposed" } });
    }
  });

  test("counts among a bounded number of streams", async () => {
    const client = await RawClient.connect((await serve(sumApp(), { maxStreams: 1 })).url);
    await opened(client);
    client.send({ type: "open", id: 2, to: "sum" });
    expect(await client.next("error", { id: 2 })).toMatchObject({ error: { code: "Unavailable", retryable: true } });
  });
});

describe("a stream whose connection drops", () => {
  test("goes on from any server-side state: results are sent again from the last one the client has", async () => {
    const door = await serve(sumApp());
    const before = await RawClient.connect(door.url);
    const { session } = await opened(before);
    for (let seq = 0; seq < 5; seq++) before.send(chunk(seq, 1));
    await before.next("result", { seq: 4 });
    before.close();
    const after = await RawClient.connect(door.url);
    expect(await opened(after, { session, have: 1 })).toMatchObject({ session, next: 5, fresh: false, credit: 29 });
    for (const seq of [2, 3, 4]) expect(await after.next("result")).toMatchObject({ seq, value: seq + 1 });
    after.send(chunk(5, 1));
    expect(await after.next("result")).toMatchObject({ seq: 5, value: 6 });
  });

  test("does not run a chunk twice that is sent again", async () => {
    const app = sumApp();
    const client = await RawClient.connect((await serve(app)).url);
    await opened(client);
    client.send(chunk(0, 5));
    await client.next("result");
    client.send(chunk(0, 5));
    expect(await client.next("result")).toMatchObject({ seq: 0, value: 5 });
    client.send(chunk(1, 1));
    expect(await client.next("result")).toMatchObject({ seq: 1, value: 6 });
    expect(app.calls).toHaveLength(2);
  });

  test("lets chunks finish that were under way, and keeps their results", async () => {
    const app = sumApp();
    const door = await serve(app);
    const before = await RawClient.connect(door.url);
    const { session } = await opened(before, { method: "hold" });
    before.send(chunk(0, 7));
    await before.settle();
    before.close();
    await before.closed;
    app.letGo();
    const after = await RawClient.connect(door.url);
    expect(await opened(after, { session })).toMatchObject({ fresh: false, next: 1 });
    expect(await after.next("result")).toMatchObject({ seq: 0, value: 7 });
  });

  test("is taken over from a connection that is still open: the old one is told, and has it no more", async () => {
    const door = await serve(sumApp());
    const [before, after] = [await RawClient.connect(door.url), await RawClient.connect(door.url)];
    const { session } = await opened(before);
    await opened(after, { session, have: -1 });
    expect(await before.next("error")).toMatchObject({ id: 1, error: { code: "Cancelled" } });
    before.send(chunk(0, 1));
    expect(await before.next("error")).toMatchObject({ error: { code: "StreamLost" } });
    before.close();
    await before.closed;
    after.send(chunk(0, 1));
    expect(await after.next("result")).toMatchObject({ seq: 0, value: 1 });
  });

  test("hears its end after a resume, and is forgotten once everything is acknowledged", async () => {
    const door = await serve(sumApp());
    const before = await RawClient.connect(door.url);
    const { session } = await opened(before);
    before.send(chunk(0, 1));
    before.send({ type: "end", id: 1 });
    await before.next("end");
    before.close();
    const after = await RawClient.connect(door.url);
    expect(await opened(after, { session, have: -1 })).toMatchObject({ fresh: false, next: 1 });
    expect(await after.next("result")).toMatchObject({ seq: 0, value: 1 });
    expect(await after.next("end")).toMatchObject({ count: 1 });
    after.send({ type: "ack", id: 1, seq: 0 });
    const last = await RawClient.connect(door.url);
    await after.settle();
    expect(await opened(last, { session, have: 0 })).toMatchObject({ fresh: true, next: 0 });
  });

  test("is kept for the stated time, then released; who comes later is told that it is fresh", async () => {
    const clock = new HandClock();
    const app = sumApp();
    const door = await serve(app, { clock, detach: "5s" });
    const before = await RawClient.connect(door.url);
    const { session } = await opened(before, { key: "k", method: "hold" });
    before.send(chunk(0, 1));
    await before.settle();
    before.send({ type: "detach", id: 1 });
    await before.settle();
    clock.advance(4999);
    expect(app.released).toEqual([]);
    clock.advance(1);
    expect(app.released).toEqual(["sum/k"]);
    expect(app.calls[0]!.options.signal!.aborted).toBe(true);
    expect(await opened(before, { session, have: 3 })).toMatchObject({ fresh: true, next: 0 });
  });

  test("that comes back in time stops the clock", async () => {
    const clock = new HandClock();
    const app = sumApp();
    const client = await RawClient.connect((await serve(app, { clock, detach: "5s", heartbeat: "10m" })).url);
    const { session } = await opened(client);
    client.send({ type: "detach", id: 1 });
    await client.settle();
    clock.advance(3000);
    await opened(client, { session });
    clock.advance(60_000);
    await client.settle();
    expect(app.released).toEqual([]);
  });

  test("cannot claim results that it gave back, or that never were", async () => {
    const client = await RawClient.connect((await serve(sumApp())).url);
    const { session } = await opened(client);
    client.send(chunk(0, 1));
    await client.next("result");
    client.send({ type: "ack", id: 1, seq: 0 });
    await client.next("credit");
    client.send({ type: "detach", id: 1 });
    for (const [id, have] of [-1, 1].entries()) {
      client.send({ type: "open", id, to: "sum", session, have });
      expect(await client.next("error", { id })).toMatchObject({ error: { code: "BadFrame" } });
    }
    expect(await opened(client, { id: 5, session, have: 0 })).toMatchObject({ next: 1, credit: 32 });
  });

  test("retains at most a window of results, whatever is sent", async () => {
    const app = sumApp();
    const door = await serve(app, { streamWindow: 3 });
    const client = await RawClient.connect(door.url);
    const { session } = await opened(client);
    for (let seq = 0; seq < 3; seq++) client.send(chunk(seq, 1));
    await client.next("result", { seq: 2 });
    client.close();
    const after = await RawClient.connect(door.url);
    expect(await opened(after, { session, have: -1 })).toMatchObject({ next: 3, credit: 0 });
    after.send(chunk(3, 1));
    expect(await after.next("error")).toMatchObject({ error: { code: "TooManyInFlight" } });
    expect(app.calls).toHaveLength(3);
  });
});
