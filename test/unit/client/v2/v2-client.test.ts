import { describe, expect, it } from "vitest";
import { v2Client } from "../../../../src/client/node.js";
import type { V2InferOptions } from "../../../../src/client/v2/infer.js";
import type { V2ClientOptions } from "../../../../src/client/v2/options.js";
import { isHoldfastError } from "../../../../src/errors.js";
import { VirtualClock } from "../../../../src/testing/virtual-clock.js";
import { fakeServer, type Mutation } from "../../lab/v2/fake-server.js";

async function world(mutation?: Mutation, options: V2ClientOptions = {}) {
  const server = await fakeServer(mutation);
  return { ...server, client: v2Client(server.url, options) };
}

const two = { shape: [1, 2] };
/** One input of every datatype, as callers write them. */
const everything = {
  in_BOOL: { ...two, data: [true, false] },
  in_UINT8: { ...two, data: new Uint8Array([1, 255]) },
  in_UINT16: { ...two, data: new Uint16Array([1, 65535]) },
  in_UINT32: { ...two, data: new Uint32Array([1, 4294967295]) },
  in_UINT64: { ...two, data: new BigUint64Array([1n, 2n ** 64n - 1n]) },
  in_INT8: { ...two, data: new Int8Array([1, -128]) },
  in_INT16: { ...two, data: new Int16Array([1, -32768]) },
  in_INT32: { ...two, data: new Int32Array([1, -2147483648]) },
  in_INT64: { ...two, datatype: "INT64", data: [-(2n ** 63n), 2n ** 63n - 1n] },
  in_FP16: { ...two, datatype: "FP16", data: new Float32Array([1.5, 65504]) },
  in_FP32: { ...two, data: new Float32Array([1.5, -0.1]) },
  in_FP64: { ...two, data: new Float64Array([1.5, -0.1]) },
  in_BF16: { ...two, datatype: "BF16", data: [1.5, -3] },
  in_BYTES: { ...two, data: ["größer", ""] },
} as const;

const expected = {
  BOOL: new Uint8Array([1, 0]),
  UINT8: everything.in_UINT8.data,
  UINT16: everything.in_UINT16.data,
  UINT32: everything.in_UINT32.data,
  UINT64: everything.in_UINT64.data,
  INT8: everything.in_INT8.data,
  INT16: everything.in_INT16.data,
  INT32: everything.in_INT32.data,
  INT64: new BigInt64Array(everything.in_INT64.data),
  FP16: everything.in_FP16.data,
  FP32: everything.in_FP32.data,
  FP64: everything.in_FP64.data,
  BF16: new Float32Array([1.5, -3]),
  BYTES: ["größer", ""],
};

const pair = { a: new Int32Array([5, 6, 7, 8]), b: new Int32Array([1, 2, 3, 4]) };
const summands = { a: { data: pair.a, shape: [1, 4] }, b: { data: pair.b, shape: [1, 4] } };

const failing = (promise: Promise<unknown>) =>
  promise.then(
    (value) => Promise.reject(new Error(`it answered ${JSON.stringify(value)}`)),
    (error: unknown) => {
      if (!isHoldfastError(error)) throw error;
      return error;
    },
  );

describe("a V2 client", () => {
  it("reads health and metadata, and which model would answer", async () => {
    const { client } = await world();
    expect([await client.serverLive(), await client.serverReady(), await client.modelReady("sum")]).toEqual([
      true,
      true,
      true,
    ]);
    expect(await client.modelReady("nobody")).toBe(false);
    expect(await client.serverMetadata()).toMatchObject({ name: "fake", version: "1" });
    const { versions, inputs } = await client.modelMetadata("sum", { version: 1 });
    expect([versions, inputs[0]]).toEqual([["1"], { name: "a", datatype: "INT32", shape: [-1, 4] }]);
    expect(await client.modelConfig("sum")).toEqual({ name: "sum", platform: "fake" });
  });

  it.for<[string, V2InferOptions<false>]>([
    ["binary, which is what it picks", {}],
    ["JSON", { binary: false }],
    ["binary and compressed", { gzip: true }],
    ["JSON and compressed", { gzip: true, binary: false }],
  ])("sends and gets every datatype: %s", async ([, options]) => {
    const { client, requests } = await world();
    const inputs = {
      ...everything,
      ...(options.binary === false ? { in_UINT64: { ...two, data: new BigUint64Array([1n, 3n]) } } : {}),
    };
    const answer = await client.infer("echo", inputs, options);
    const got = Object.fromEntries(Object.entries(answer.outputs).map(([name, { data }]) => [name.slice(4), data]));
    expect(got).toEqual({ ...expected, UINT64: inputs.in_UINT64.data });
    expect(answer).toMatchObject({ model: "echo", version: "1" });
    const [, { headers } = { headers: undefined }] = requests;
    expect(headers?.["content-type"]).toBe(options.binary === false ? "application/json" : "application/octet-stream");
    expect(headers?.["content-encoding"]).toBe(options.gzip ? "gzip" : undefined);
  });

  it("gives bits and bytes where they are asked for", async () => {
    const { client } = await world();
    const inputs = { ...everything, in_BYTES: { ...two, data: [new Uint8Array([0xff]), "x"] } };
    const answer = await client.infer("echo", inputs, { raw: true });
    const halves: Uint16Array = answer.output("out_FP16", "FP16").data;
    expect([...halves]).toEqual([0x3e00, 0x7bff]);
    expect([...answer.output("out_BF16", "BF16").data]).toEqual([0x3fc0, 0xc040]);
    expect(answer.output("out_BYTES", "BYTES").data).toEqual([new Uint8Array([0xff]), new Uint8Array([0x78])]);
    const asText = await failing(client.infer("echo", inputs));
    expect([asText.code, asText.message]).toEqual([
      "InvalidValue",
      "outputs.out_BYTES.data[0] is no UTF-8: take it as bytes, with the option raw",
    ]);
  });

  it("gives an output by its datatype, typed, and says what else it is", async () => {
    const { client } = await world();
    const answer = await client.infer("sum", summands);
    const sum: Int32Array = answer.output("sum", "INT32").data;
    expect([...sum]).toEqual([6, 8, 10, 12]);
    expect(() => answer.output("sum", "FP32")).toThrow("infer sum: outputs.sum is INT32, not FP32");
    expect(() => answer.output("toString", "FP32")).toThrow("outputs.toString is not there, but sum, difference");
  });

  it("asks for outputs, classes, an id, a version and a state of its own", async () => {
    const { client, requests } = await world();
    const answer = await client.infer("sum", summands, {
      version: 1,
      id: "42",
      outputs: [{ name: "difference", classification: 1 }],
      sequence: { id: 7, start: true },
      priority: 2,
      parameters: { mine: "x" },
      timeout: "2s",
    });
    expect([answer.id, answer.outputs]).toEqual([
      "42",
      { difference: { datatype: "BYTES", shape: [1, 1], data: ["4:0"] } },
    ]);
    const { timeout, ...parameters } = (requests[1]!.json as { parameters: Record<string, unknown> }).parameters;
    expect(parameters).toEqual({
      binary_data_output: true,
      priority: 2,
      sequence_id: 7,
      sequence_start: true,
      sequence_end: false,
      mine: "x",
    });
    expect(timeout).toBeGreaterThan(0);
    expect(timeout).toBeLessThanOrEqual(2_000_000);
    expect(requests[1]!.path).toBe("/v2/models/sum/versions/1/infer");
  });

  it("speaks JSON to a server that does not say that it knows more, and asks it once", async () => {
    const modest: Mutation = (sent, got) =>
      got.path === "/v2" ? { ...sent, json: { name: "modest", version: "1" } } : undefined;
    const { client, requests } = await world(modest);
    await Promise.all([client.infer("sum", summands), client.infer("sum", summands, { timeout: "5s" })]);
    expect(requests.map(({ path }) => path).sort()).toEqual(["/v2", "/v2/models/sum/infer", "/v2/models/sum/infer"]);
    const [, first] = requests;
    expect(first!.json).toEqual({
      inputs: ["a", "b"].map((name, i) => ({
        name,
        datatype: "INT32",
        shape: [1, 4],
        data: [...[pair.a, pair.b][i]!],
      })),
    });
  });

  it("reads statistics and the repository, loads and unloads", async () => {
    const { client } = await world();
    await client.infer("sum", summands);
    expect((await client.statistics()).map(({ name, inference_count }) => [name, inference_count])).toEqual([
      ["echo", 0],
      ["sum", 1],
    ]);
    expect(await client.statistics("sum")).toHaveLength(1);
    await client.repository.unload("sum");
    expect(await client.modelReady("sum")).toBe(false);
    expect((await client.repository.index()).map(({ name }) => name)).toEqual(["echo", "sum"]);
    expect((await client.repository.index({ ready: true })).map(({ name }) => name)).toEqual(["echo"]);
    expect(await failing(client.infer("sum", summands))).toMatchObject({ code: "Unavailable", retryable: true });
    await client.repository.load("sum");
    expect(await client.modelReady("sum")).toBe(true);
  });

  it("shows its token, and its headers, with every request", async () => {
    const { client, requests } = await world(undefined, { token: "t0ken", headers: { "x-tenant": "a" } });
    await client.infer("sum", summands);
    await client.repository.index();
    expect(requests).toHaveLength(3);
    for (const { headers } of requests)
      expect(headers).toMatchObject({ authorization: "Bearer t0ken", "x-tenant": "a" });
  });
});

describe("what goes wrong", () => {
  const failsWith = (status: number, body: unknown, headers: Record<string, string> = {}): Mutation => {
    const isText = typeof body === "string";
    return (sent, got) =>
      got.path === "/v2"
        ? undefined
        : { ...sent, status, headers, json: isText ? undefined : body, tail: Buffer.from(isText ? body : "") };
  };

  it.for([
    [400, { error: "x is wrong" }, {}, "InvalidValue", false, undefined],
    [401, { error: "who?" }, {}, "Unauthorized", false, undefined],
    [404, { error: "no such model" }, {}, "UnknownModel", false, undefined],
    [413, { error: "too much" }, {}, "PayloadTooLarge", false, undefined],
    [429, { error: "later" }, { "retry-after": "2" }, "Overloaded", true, 2000],
    [500, { error: "it broke" }, {}, "HandlerFailed", false, undefined],
    [502, "<h1>Bad Gateway</h1>", {}, "Unavailable", false, undefined],
    [503, { error: "later" }, { "retry-after": "0.25" }, "Unavailable", true, 250],
    [504, "", {}, "Timeout", false, undefined],
    [503, { error: "full" }, { "holdfast-code": "MailboxFull", "retry-after-ms": "7" }, "MailboxFull", true, 7],
    [
      500,
      { error: "gone" },
      { "holdfast-code": "ActorDied", "holdfast-retryable": "true" },
      "ActorDied",
      true,
      undefined,
    ],
    [400, { error: "x" }, { "holdfast-code": "toString", "retry-after-ms": "soon" }, "InvalidValue", false, undefined],
    [500, { error: { code: "ActorDied", message: "gone", retryable: false } }, {}, "ActorDied", false, undefined],
    [400, { error: "x", code: "constructor" }, {}, "InvalidValue", false, undefined],
  ] as const)("HTTP %j is told as %j", async ([status, body, headers, code, retryable, retryAfterMs]) => {
    const { client } = await world(failsWith(status, body, { ...headers }));
    const error = await failing(client.infer("sum", summands));
    expect(error).toMatchObject({ code, retryable, retryAfterMs, details: { status } });
    expect(error.message).toMatch(`infer sum: `);
    expect(error.message).toMatch(`(HTTP ${status})`);
  });

  it("a Retry-After that is a date counts from now", async () => {
    const now = Date.parse("2030-01-01T00:00:00Z");
    const clock = { now: () => 0, wallTime: () => now, after: () => ({ cancel() {} }) };
    const late = { "retry-after": "Tue, 01 Jan 2030 00:00:03 GMT" };
    const { client } = await world(failsWith(503, { error: "later" }, late), { clock });
    expect((await failing(client.infer("sum", summands))).retryAfterMs).toBe(3000);
  });

  const broken: [string, Mutation, RegExp][] = [
    [
      "no JSON",
      (sent) => ({ ...sent, headers: {}, json: undefined, tail: Buffer.from("<html>") }),
      /the answer cannot be read: the JSON part of the body is no JSON/,
    ],
    ["a list", (sent) => ({ ...sent, json: [] }), /the answer is an array, not an object/],
    [
      "a length that lies",
      (sent) => ({ ...sent, headers: { ...sent.headers, "inference-header-content-length": "+9999" } }),
      /Inference-Header-Content-Length is/,
    ],
    [
      "half its binary data",
      (sent) => ({ ...sent, tail: sent.tail.subarray(0, 20) }),
      /binary_data_size is 16, and 4 bytes are left/,
    ],
    [
      "binary data without its header",
      (sent) => ({ ...sent, headers: { "content-type": "application/octet-stream" } }),
      /Access-Control-Expose-Headers/,
    ],
  ];
  it.for(broken)("an answer with %s is no answer", async ([, mutation, message]) => {
    const { client } = await world((sent, got) => (got.path === "/v2" ? undefined : mutation(sent, got)));
    const error = await failing(client.infer("sum", summands));
    expect([error.code, error.retryable]).toEqual(["BadFrame", false]);
    expect(error.message).toMatch(message);
  });

  it("a server that is not there is told so, and that nothing was sent", async () => {
    const client = v2Client("http://127.0.0.1:1");
    expect(await failing(client.serverLive())).toMatchObject({ code: "ConnectionLost", retryable: true });
    const error = await failing(client.infer("sum", summands));
    expect(error).toMatchObject({ code: "ConnectionLost", retryable: true });
  });

  it("an answer that breaks off may have been run", async () => {
    const server = await fakeServer(undefined, {
      raw(got, response) {
        if (got.path === "/v2") return false;
        response.writeHead(200, { "content-length": "1000" });
        response.write("{", () => response.destroy());
        return true;
      },
    });
    const error = await failing(v2Client(server.url).infer("sum", summands));
    expect(error).toMatchObject({ code: "ConnectionLost", retryable: false });
  });

  it("an answer over its bound is not read to its end", async () => {
    const { client } = await world(undefined, { maxAnswer: 300 });
    expect(await client.serverMetadata()).toMatchObject({ name: "fake" });
    const large = { data: new Int32Array(4000), shape: [1000, 4] };
    expect(await failing(client.infer("sum", { a: large, b: large }))).toMatchObject({ code: "PayloadTooLarge" });
  });

  it("a redirect is not followed: the token stays where it was meant to go", async () => {
    const elsewhere = await fakeServer();
    const { client } = await world(failsWith(307, "", { location: elsewhere.url }), { token: "t0ken" });
    const error = await failing(client.infer("sum", summands));
    expect([error.code, error.message]).toEqual([
      "BadFrame",
      expect.stringContaining(`redirects to ${elsewhere.url}, which is not followed`),
    ]);
    expect(elsewhere.requests).toEqual([]);
  });

  it.for([
    [
      { a: { data: new Float32Array(4), shape: [1, 4], datatype: "INT32" } },
      /inputs\.a is INT32 and its data a Float32Array: give a Int32Array or a list/,
    ],
    [{ a: { data: [1, 2], shape: [1, 4], datatype: "INT32" } }, /inputs\.a has 2 elements, and its shape \[1,4\] 4/],
    [{ a: { data: [1, 2.5], datatype: "INT32" } }, /inputs\.a\.data\[1\] is 2\.5: INT32 takes whole numbers/],
    [{ a: { data: [1, 2] } }, /inputs\.a has no datatype/],
    [{ a: { data: [1], datatype: "INT33" } }, /inputs\.a\.datatype is "INT33"/],
    [{ a: { data: [1], shape: [-1], datatype: "INT32" } }, /inputs\.a\.shape is an array/],
    [{ a: 5 }, /inputs\.a is 5: give a typed array/],
    [{ a: { data: [1], dataype: "INT32" } }, /inputs\.a has no option "dataype": did you mean "datatype"/],
    [{ a: { data: ["x", 1] } }, /inputs\.a\.data\[1\] is 1: BYTES takes strings/],
  ] as const)("inputs %j are refused before they are sent", async ([inputs, message]) => {
    const { client, requests } = await world();
    const error = await failing(client.infer("sum", inputs as never));
    expect(error.message).toMatch(message);
    expect(requests.filter(({ path }) => path !== "/v2")).toEqual([]);
  });

  it.for([
    [() => v2Client("digits"), /v2Client\.url is "digits": give one such as/],
    [() => v2Client("ftp://x"), /its scheme must be http: or https:/],
    [() => v2Client("http://u:p@x"), /v2Client\.url is one with a password in it/],
    [() => v2Client("http://x", { tokn: "y" } as never), /did you mean "token"/],
    [() => v2Client("http://x", { timeout: "soon" as never }), /v2Client\.timeout is "soon"/],
    [() => v2Client("http://x", { maxAnswer: 0 }), /v2Client\.maxAnswer is 0/],
  ] as const)("options that nobody can mean are refused (%#)", ([make, message]) => {
    expect(make).toThrow(message);
  });

  it("mistyped options of a call are refused", async () => {
    const { client } = await world();
    expect((await failing(client.infer("sum", summands, { priorty: 1 } as never))).message).toMatch(
      'did you mean "priority"',
    );
    expect((await failing(client.modelReady("sum", { verson: 1 } as never))).message).toMatch('did you mean "version"');
    expect((await failing(client.infer("", summands))).code).toBe("InvalidSpec");
  });
});

describe("every call settles once", () => {
  /** Answers about itself, and never to anything else. */
  async function silent() {
    const server = await fakeServer(undefined, { raw: (got) => got.path !== "/v2" });
    return server;
  }

  it("at its deadline, whatever the server does", async () => {
    const clock = new VirtualClock();
    const { url, requests } = await silent();
    const client = v2Client(url, { clock, timeout: "1m" });
    const call = failing(client.infer("sum", summands, { timeout: 500 }));
    const health = failing(client.serverLive());
    while (requests.length < 3) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(500);
    expect(await call).toMatchObject({
      code: "Timeout",
      retryable: false,
      message: "infer sum: no answer within 500 ms",
    });
    await clock.advance(59_500);
    // Health only asks: it can be asked again.
    expect(await health).toMatchObject({ code: "Timeout", retryable: true });
  });

  it("when its caller gives up, also before it began", async () => {
    const { url, requests } = await silent();
    const client = v2Client(url);
    const stop = new AbortController();
    const call = failing(client.infer("sum", summands, { signal: stop.signal }));
    while (requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    expect(await call).toMatchObject({ code: "Cancelled" });
    expect(await failing(client.infer("sum", summands, { signal: stop.signal }))).toMatchObject({ code: "Cancelled" });
    expect(requests).toHaveLength(2);
  });

  it("with a fetch that listens to no signal", async () => {
    const clock = new VirtualClock();
    const client = v2Client("http://127.0.0.1:1", { clock, fetch: () => new Promise(() => {}) });
    const call = failing(client.serverLive({ timeout: 10 }));
    await clock.advance(10);
    expect((await call).code).toBe("Timeout");
  });
});

it("a path before /v2, a /v2 at the end and a WebSocket's url are understood", async () => {
  const asked: string[] = [];
  const spy: typeof fetch = async (input) => {
    asked.push(String(input));
    return new Response("{}");
  };
  for (const url of ["http://h/a/", "https://h/v2", "ws://h:80/a/v2/", new URL("http://h")]) {
    await v2Client(url, { fetch: spy }).modelReady("a/b c", { version: "1?" });
  }
  const path = "v2/models/a%2Fb%20c/versions/1%3F/ready";
  expect(asked).toEqual([`http://h/a/${path}`, `https://h/${path}`, `http://h/a/${path}`, `http://h/${path}`]);
});
