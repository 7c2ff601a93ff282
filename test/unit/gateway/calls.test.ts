import { afterEach, describe, expect, test } from "vitest";
import { HoldfastError, refuse } from "../../../src/errors.js";
import { type Gateway, gateway } from "../../../src/gateway/gateway.js";
import type { GatewayOptions } from "../../../src/gateway/options.js";
import { type FakeApp, fakeApp } from "./fake-app.js";
import { RawClient } from "./raw-client.js";

const doors: Gateway[] = [];
afterEach(async () => {
  await Promise.all(doors.splice(0).map((door) => door.close({ drain: 0 })));
});

async function serve(app: FakeApp, options: Partial<GatewayOptions> = {}): Promise<Gateway> {
  const door = await gateway(app, { port: 0, expose: { math: Object.keys(methods) }, ...options });
  doors.push(door);
  return door;
}

let hanging: AbortSignal[] = [];
const methods = {
  add: (a: number, b: number) => a + b,
  echo: (value: unknown) => value,
  kind: (value: object) => [value.constructor.name, ArrayBuffer.isView(value) ? value.byteLength : 0],
  fail: () => {
    throw new HoldfastError("HandlerFailed", "it broke");
  },
  refuseIt: () => {
    throw refuse("too-long", "31 s, at most 30 s", { limit: 30 });
  },
  hang(this: { signal: AbortSignal }) {
    hanging.push(this.signal);
    return new Promise(() => {});
  },
  unsendable: () => ({ nested: [() => 1] }),
  large: (bytes: number) => new Uint8Array(bytes),
  async *count(this: unknown, to: number) {
    for (let n = 0; n < to; n++) yield n;
  },
};

function mathApp(): FakeApp {
  hanging = [];
  return fakeApp({ math: methods as never, hidden: { secret: () => "secret" } });
}

describe("an ask", () => {
  test("is answered with its value", async () => {
    const client = await RawClient.connect((await serve(mathApp())).url);
    client.send({ type: "ask", id: 1, to: "math", method: "add", args: [2, 3] });
    expect(await client.next("result", { id: 1 })).toEqual({ type: "result", id: 1, value: 5 });
  });

  test("carries the remaining milliseconds, the key and the caller's word on repeating it", async () => {
    const app = mathApp();
    const client = await RawClient.connect((await serve(app)).url);
    client.send({
      type: "ask",
      id: 1,
      to: "math",
      key: "k",
      method: "add",
      args: [1, 1],
      timeout: 1234,
      idempotent: true,
    });
    await client.next("result");
    expect(app.calls[0]!.options).toMatchObject({ key: "k", timeout: 1234, idempotent: true });
    expect(app.calls[0]!.options.sender).toMatch(/^holdfast [0-9a-f]{12}$/);
    client.send({ type: "ask", id: 2, to: "math", method: "hang", args: [], timeout: 5 });
    expect(await client.next("error", { id: 2 })).toMatchObject({ error: { code: "Timeout" } });
  });

  test("hands typed arrays, tensors and bytes to the handler as such", async () => {
    const client = await RawClient.connect((await serve(mathApp())).url);
    const floats = { dtype: "float32", shape: [2], data: Buffer.from(new Float32Array([1, 2]).buffer) };
    client.send({ type: "ask", id: 1, to: "math", method: "kind", args: [floats] });
    client.send({ type: "ask", id: 2, to: "math", method: "kind", args: [Buffer.from("abc")] });
    client.send({ type: "ask", id: 3, to: "math", method: "kind", args: [{ ...floats, shape: [1, 2] }] });
    client.send({ type: "ask", id: 4, to: "math", method: "echo", args: [floats] });
    expect((await client.next("result", { id: 1 })).value).toEqual(["Float32Array", 8]);
    expect((await client.next("result", { id: 2 })).value).toEqual(["Uint8Array", 3]);
    expect((await client.next("result", { id: 3 })).value).toEqual(["Object", 0]);
    expect((await client.next("result", { id: 4 })).value).toEqual(floats);
  });

  test("keeps code, words, advice and details of its error", async () => {
    const client = await RawClient.connect((await serve(mathApp())).url);
    client.send({ type: "ask", id: 1, to: "math", method: "refuseIt", args: [] });
    client.send({ type: "ask", id: 2, to: "math", method: "fail", args: [] });
    expect(await client.next("error", { id: 1 })).toEqual({
      type: "error",
      id: 1,
      error: {
        code: "Refused",
        message: "31 s, at most 30 s",
        retryable: false,
        details: { reason: "too-long", limit: 30 },
      },
    });
    expect(await client.next("error", { id: 2 })).toMatchObject({
      error: { code: "HandlerFailed", message: "it broke" },
    });
  });

  test("for what is not exposed says what is, and reaches nothing", async () => {
    const app = mathApp();
    const client = await RawClient.connect((await serve(app, { expose: { math: ["add"] } })).url);
    const attempts = [
      { to: "hidden", method: "secret" },
      { to: "math", method: "echo" },
      { to: "math", method: "constructor" },
      { to: "math", method: "__proto__" },
      { to: "toString", method: "call" },
      { to: "app/math", method: "add" },
    ];
    for (const [id, attempt] of attempts.entries()) {
      client.send({ type: "ask", id, args: [], ...attempt });
      expect(await client.next("error", { id })).toMatchObject({ error: { code: "NotExposed" } });
    }
    expect(app.calls).toEqual([]);
  });

  test("with a tensor that lies about its size gets InvalidValue", async () => {
    const client = await RawClient.connect((await serve(mathApp())).url);
    const lie = { dtype: "float32", shape: [3], data: Buffer.alloc(8) };
    client.send({ type: "ask", id: 1, to: "math", method: "echo", args: [{ deep: lie }] });
    const { error } = await client.next("error", { id: 1 });
    expect(error).toMatchObject({ code: "InvalidValue", details: { path: "args[0].deep" } });
  });

  test("whose result cannot be sent says so, by path", async () => {
    const client = await RawClient.connect((await serve(mathApp(), { maxPayload: 4096 })).url);
    client.send({ type: "ask", id: 1, to: "math", method: "unsendable", args: [] });
    client.send({ type: "ask", id: 2, to: "math", method: "large", args: [5000] });
    const { error } = await client.next("error", { id: 1 });
    expect(error).toMatchObject({ code: "InvalidValue", details: { path: "value.nested[0]" } });
    expect(await client.next("error", { id: 2 })).toMatchObject({ error: { code: "PayloadTooLarge" } });
  });

  test("with the id of an unanswered one is refused without an id, so that nobody takes it for the answer", async () => {
    const app = mathApp();
    const client = await RawClient.connect((await serve(app)).url);
    client.send({ type: "ask", id: 7, to: "math", method: "hang", args: [] });
    client.send({ type: "ask", id: 7, to: "math", method: "add", args: [1, 1] });
    const refused = await client.next("error");
    expect(refused.id).toBeUndefined();
    expect(refused).toMatchObject({
      error: { code: "BadFrame", message: "id 7 is in use by an unanswered frame: take another" },
    });
    expect(app.calls).toHaveLength(1);
  });

  test("beyond the connection's window is refused, safe to retry; others' windows are their own", async () => {
    const door = await serve(mathApp(), { maxInFlight: 2 });
    const [client, other] = [await RawClient.connect(door.url), await RawClient.connect(door.url)];
    for (const id of [1, 2]) client.send({ type: "ask", id, to: "math", method: "hang", args: [] });
    client.send({ type: "ask", id: 3, to: "math", method: "add", args: [1, 1] });
    expect(await client.next("error", { id: 3 })).toMatchObject({
      error: { code: "TooManyInFlight", retryable: true },
    });
    other.send({ type: "ask", id: 1, to: "math", method: "add", args: [1, 1] });
    expect(await other.next("result")).toMatchObject({ value: 2 });
    client.send({ type: "cancel", id: 1 });
    await client.next("error", { id: 1 });
    client.send({ type: "ask", id: 4, to: "math", method: "add", args: [2, 2] });
    expect(await client.next("result")).toMatchObject({ id: 4, value: 4 });
  });

  test("is cancelled by its caller, and by the end of its connection", async () => {
    const client = await RawClient.connect((await serve(mathApp())).url);
    client.send({ type: "ask", id: 1, to: "math", method: "hang", args: [] });
    client.send({ type: "ask", id: 2, to: "math", method: "hang", args: [] });
    await client.settle();
    client.send({ type: "cancel", id: 1 });
    expect(await client.next("error", { id: 1 })).toMatchObject({ error: { code: "Cancelled" } });
    expect(hanging.map((signal) => signal.aborted)).toEqual([true, false]);
    const aborted = new Promise((resolve) => hanging[1]!.addEventListener("abort", resolve));
    client.close();
    await aborted;
  });

  test("many in one turn are answered in order of settling, each once", async () => {
    const client = await RawClient.connect((await serve(mathApp())).url);
    for (let id = 0; id < 200; id++) client.send({ type: "ask", id, to: "math", method: "add", args: [id, id] });
    for (let id = 0; id < 200; id++) expect((await client.next("result", { id })).value).toBe(2 * id);
    expect(client.left).toEqual([]);
  });
});

describe("a tell", () => {
  test("runs and is not answered", async () => {
    const app = mathApp();
    const client = await RawClient.connect((await serve(app)).url);
    client.send({ type: "tell", to: "math", method: "add", args: [1, 2] });
    await client.settle();
    expect(app.calls).toMatchObject([{ method: "add", args: [1, 2] }]);
    expect(client.left).toEqual([]);
  });

  test("to what is not exposed is answered by an error without id", async () => {
    const client = await RawClient.connect((await serve(mathApp())).url);
    client.send({ type: "tell", to: "hidden", method: "secret", args: [] });
    const frame = await client.next("error");
    expect(frame).toMatchObject({ error: { code: "NotExposed" } });
    expect("id" in frame).toBe(false);
  });
});

describe("the answer of a generator", () => {
  test("comes in parts and ends with their count", async () => {
    const client = await RawClient.connect((await serve(mathApp())).url);
    client.send({ type: "ask", id: 1, to: "math", method: "count", args: [3] });
    for (const seq of [0, 1, 2]) expect(await client.next("part")).toEqual({ type: "part", id: 1, seq, value: seq });
    expect(await client.next("end")).toEqual({ type: "end", id: 1, count: 3 });
  });

  test("waits for credit, and pulls no further than it was granted", async () => {
    let pulled = 0;
    const app = fakeApp({
      math: {
        async *count() {
          for (;;) yield pulled++;
        },
      },
    });
    const client = await RawClient.connect((await serve(app, { expose: { math: ["count"] } })).url);
    client.send({ type: "ask", id: 1, to: "math", method: "count", args: [], credit: 2 });
    await client.next("part", { seq: 1 });
    await client.settle();
    expect(pulled).toBe(2);
    client.send({ type: "credit", id: 1, n: 3 });
    await client.next("part", { seq: 4 });
    await client.settle();
    expect(pulled).toBe(5);
    expect(client.left.filter(({ type }) => type === "part")).toHaveLength(3);
  });

  test("that is cancelled runs the generator's finally and says how much was delivered", async () => {
    let cleaned = false;
    const app = fakeApp({
      math: {
        async *count() {
          try {
            for (let n = 0; ; n++) yield n;
          } finally {
            cleaned = true;
          }
        },
      },
    });
    const client = await RawClient.connect((await serve(app, { expose: { math: ["count"] } })).url);
    client.send({ type: "ask", id: 1, to: "math", method: "count", args: [], credit: 1 });
    await client.next("part");
    client.send({ type: "cancel", id: 1 });
    expect(await client.next("error")).toMatchObject({
      id: 1,
      error: { code: "Cancelled", details: { delivered: 1 } },
    });
    expect(cleaned).toBe(true);
  });

  test("that breaks ends with its error and the count", async () => {
    const app = fakeApp({
      math: {
        async *count() {
          yield 1;
          throw new HoldfastError("StreamBroken", "the host died");
        },
      },
    });
    const client = await RawClient.connect((await serve(app, { expose: { math: ["count"] } })).url);
    client.send({ type: "ask", id: 1, to: "math", method: "count", args: [] });
    expect(await client.next("error")).toMatchObject({ error: { code: "StreamBroken", details: { delivered: 1 } } });
  });
});

test("welcome says what is exposed, the limits, and the hints for generic clients", async () => {
  const app = fakeApp({ math: methods as never, speech: () => ({ push: () => 1 }) });
  const expose: GatewayOptions["expose"] = {
    math: { methods: { add: { idempotent: true }, count: { stream: true } } },
    speech: { methods: ["push"], stream: "push", media: { kind: "audio", method: "push", rate: 16000, chunk: 512 } },
  };
  const door = await serve(app, { expose, serverName: "bench 3" });
  const client = RawClient.open(door.url);
  expect(await client.next("welcome")).toEqual({
    type: "welcome",
    protocol: "holdfast.v1",
    server: "bench 3",
    session: expect.stringMatching(/^[0-9a-f]{12}$/),
    admin: false,
    watch: true,
    exposes: {
      math: { methods: { add: { idempotent: true, stream: false }, count: { idempotent: false, stream: true } } },
      speech: {
        methods: { push: { idempotent: false, stream: false } },
        stream: "push",
        media: { kind: "audio", method: "push", rate: 16000, chunk: 512 },
      },
    },
    http: [],
    limits: {
      maxPayload: 16777216,
      maxInFlight: 256,
      streamWindow: 32,
      detachMs: 30000,
      heartbeatMs: 15000,
      maxDepth: 32,
      maxItems: 1000000,
    },
  });
});

describe("the JSON twin", () => {
  test("greets in text where no subprotocol was offered, and answers text with text", async () => {
    const client = RawClient.open((await serve(mathApp())).url, {}, []);
    expect((await client.nextWithFormat("welcome")).binary).toBe(false);
    client.sendText({ type: "ask", id: 1, to: "math", method: "add", args: [2, 3] });
    expect(await client.nextWithFormat("result")).toEqual({
      frame: { type: "result", id: 1, value: 5 },
      binary: false,
    });
  });

  test("writes tensors with base64 data, and reads them so or as lists of numbers", async () => {
    const client = await RawClient.connect((await serve(mathApp())).url, {}, []);
    const floats = {
      dtype: "float32",
      shape: [2],
      data: Buffer.from(new Float32Array([1, 2]).buffer).toString("base64"),
    };
    client.sendText({ type: "ask", id: 1, to: "math", method: "echo", args: [floats] });
    expect((await client.next("result")).value).toEqual(floats);
    client.sendText({ type: "ask", id: 2, to: "math", method: "echo", args: [{ ...floats, data: [1, 2] }] });
    expect((await client.next("result")).value).toEqual(floats);
    client.sendText({
      type: "ask",
      id: 3,
      to: "math",
      method: "echo",
      args: [{ dtype: "int64", shape: [1], data: ["9007199254740993"] }],
    });
    expect((await client.next("result")).value).toEqual({ dtype: "int64", shape: [1], data: "AQAAAAAAIAA=" });
  });

  test("answers each frame in the form it came in, on one connection", async () => {
    const client = await RawClient.connect((await serve(mathApp())).url);
    client.sendText({ type: "ask", id: 1, to: "math", method: "add", args: [1, 1] });
    client.send({ type: "ask", id: 2, to: "math", method: "add", args: [2, 2] });
    expect((await client.nextWithFormat("result", { id: 1 })).binary).toBe(false);
    expect((await client.nextWithFormat("result", { id: 2 })).binary).toBe(true);
  });
});
