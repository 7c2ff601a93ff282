import { connect as connectTcp } from "node:net";
import fc from "fast-check";
import { Packr } from "msgpackr";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Gateway, gateway } from "../../../src/gateway/gateway.js";
import { clientShapes } from "../../../src/protocol/shapes.js";
import { type FakeApp, fakeApp } from "./fake-app.js";
import { RawClient } from "./raw-client.js";

/** One server for the whole file: whatever is done to it, a neighbour keeps getting right answers. */
let app: FakeApp;
let door: Gateway;
let neighbour: RawClient;
let asked = 0;

beforeAll(async () => {
  app = fakeApp({
    math: { add: (a: number, b: number) => a + b, large: (bytes: number) => new Uint8Array(bytes) },
    sum: () => ({ push: () => 1 }),
  });
  const expose = { math: ["add", "large"], sum: { methods: ["push"], stream: "push" } };
  door = await gateway(app, { port: 0, expose, maxPayload: 1024 * 1024 });
  neighbour = await RawClient.connect(door.url);
});
afterAll(() => door.close({ drain: 0 }));

let stranger: RawClient;
beforeEach(async () => {
  stranger = await RawClient.connect(door.url);
});
afterEach(async () => {
  stranger.close();
  const id = ++asked;
  neighbour.send({ type: "ask", id, to: "math", method: "add", args: [id, 1] });
  expect((await neighbour.next("result", { id })).value).toBe(id + 1);
});

const msgpack = new Packr({ useRecords: false });
const repeated = (count: number, byte: number) => Buffer.alloc(count, byte);

describe("a frame that cannot be read closes its own connection with 1007 and the reason", () => {
  test.each<[string, Buffer | string, RegExp]>([
    ["random bytes", Buffer.from("c1ff00c7", "hex"), /0xc1, which msgpack never uses/],
    ["an empty frame", Buffer.alloc(0), /ends at byte 0/],
    ["arrays nested very deep", repeated(100_000, 0x91), /nested deeper/],
    ["a length of 4 GB", Buffer.from("c6ffffffff00", "hex"), /promises 4294967295/],
    ["half a frame", msgpack.pack({ type: "ping", n: 1 }).subarray(0, 8), /byte/],
    ["text that is no JSON", "hello?", /not JSON/],
    ["JSON nested very deep", "[".repeat(100_000), /nested deeper/],
    ["a key __proto__", '{"type":"ping","n":1,"__proto__":{"x":1}}', /__proto__/],
  ])("%s", async (_, data, words) => {
    stranger.socket.send(data);
    const { code, reason } = await stranger.closed;
    expect(code).toBe(1007);
    expect(reason).toMatch(words);
  });
});

describe("a frame of the wrong form", () => {
  test("with an id is answered under that id, and the connection goes on", async () => {
    stranger.send({ type: "ask", id: 5, to: "math", method: "add", args: "no list" });
    expect(await stranger.next("error", { id: 5 })).toMatchObject({
      error: { code: "BadFrame", message: 'ask.args is "no list": it must be an array' },
    });
    stranger.send({ type: "juggle", id: 6 });
    expect(await stranger.next("error", { id: 6 })).toMatchObject({ error: { code: "BadFrame" } });
    await stranger.settle();
  });

  test.each<[string, unknown]>([
    ["a list", []],
    ["a number", 5],
    ["nil", null],
    ["a map without type", {}],
    ["an unknown type", { type: "juggle" }],
    ["an id that is no number", { type: "ask", id: "7", to: "math", method: "add", args: [] }],
    ["a negative id", { type: "cancel", id: -1 }],
    ["a tell without method", { type: "tell", to: "math", args: [] }],
  ])("and without a usable id closes with 1002: %s", async (_, frame) => {
    stranger.send(frame as object);
    const { code, reason } = await stranger.closed;
    expect(code).toBe(1002);
    expect(reason.length).toBeGreaterThan(10);
  });
});

test("a frame over maxPayload closes with 1009", async () => {
  stranger.socket.send(Buffer.alloc(1024 * 1024 + 1));
  expect((await stranger.closed).code).toBe(1009);
});

test("text that is not UTF-8 closes with 1007", async () => {
  stranger.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
  expect((await stranger.closed).code).toBe(1007);
});

test("a broken WebSocket frame closes with 1002", async () => {
  const raw = (stranger.socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket;
  raw.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
  expect((await stranger.closed).code).toBe(1002);
});

test("sockets that speak something else, or nothing, or hang up in the middle, disturb nobody", async () => {
  const { port } = door.address;
  for (const bytes of [
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    "\x00\x01\x02",
    "GET",
  ]) {
    const socket = connectTcp(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.end(bytes);
    await new Promise((resolve) => socket.on("close", resolve).resume());
  }
});

/** Anything at all for a field: what a confused or hostile client might put there. */
const oddity = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 20 }),
  fc
    .array(fc.anything({ maxDepth: 1, withNullPrototype: false }), { maxLength: 4 })
    .map((list) => list.filter(isPlainData)),
  fc.constantFrom("__proto__", "constructor", "math", "sum", "add", "push", 1e308, -0, 2 ** 53),
  fc.dictionary(fc.string({ maxLength: 5 }), fc.integer(), { maxKeys: 3 }),
);

function isPlainData(value: unknown): boolean {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

const anyFrame = fc
  .constantFrom(...Object.entries(clientShapes))
  .chain(([type, shape]) =>
    fc.record(
      { type: fc.constant(type), ...Object.fromEntries(Object.keys(shape).map((field) => [field, oddity])) },
      { requiredKeys: ["type"] },
    ),
  );

test("any fields in any frame get an answer, a close or nothing; never a crash, never somebody else's trouble", async () => {
  let client = await RawClient.connect(door.url);
  await fc.assert(
    fc.asyncProperty(anyFrame, fc.boolean(), async (frame, text) => {
      if (client.socket.readyState !== client.socket.OPEN) client = await RawClient.connect(door.url);
      if (text) client.socket.send(JSON.stringify(frame));
      else client.send(frame);
      const n = ++asked + 2 ** 32;
      client.send({ type: "ping", n });
      const outcome = await Promise.race([client.next("pong", { n }).catch(() => "closed"), client.closed]);
      if (outcome !== "closed" && typeof outcome === "object" && "code" in outcome)
        expect([1002, 1007]).toContain(outcome.code);
    }),
    { numRuns: 600 },
  );
  client.close();
});

test("random bytes get an answer, a close or nothing", async () => {
  let client = await RawClient.connect(door.url);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
      if (client.socket.readyState !== client.socket.OPEN) client = await RawClient.connect(door.url);
      client.socket.send(bytes);
      const n = ++asked + 2 ** 32;
      client.send({ type: "ping", n });
      await Promise.race([client.next("pong", { n }).catch(() => {}), client.closed]);
    }),
    { numRuns: 200 },
  );
  client.close();
});

test("nothing that was not exposed was ever called", () => {
  const reached = new Set(app.calls.map(({ path, method }) => `${path}.${method}`));
  expect([...reached].filter((name) => !["math.add", "math.large", "sum.push"].includes(name))).toEqual([]);
});
