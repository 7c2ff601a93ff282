import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { HandClock } from "../hand-clock.js";
import type { FakeModel } from "./fake-models.js";
import { closeAll, identity, post, type Stage, serve, talk } from "./stage.js";

afterEach(closeAll);

const x = { name: "x", datatype: "FP32", shape: [1, 2], data: [1, 2] };
const well = { inputs: [x] };

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A model that answers when it is told to. */
function holding(): { model: FakeModel; letGo: () => void } {
  const held = new AbortController();
  const model: FakeModel = {
    run: ({ inputs }) =>
      new Promise((resolve) => held.signal.addEventListener("abort", () => resolve({ outputs: inputs }))),
  };
  return { model, letGo: () => held.abort() };
}

/** An inference as it goes over the wire. */
function raw({ door }: Stage, model: string): string {
  const body = JSON.stringify(well);
  const { host, port } = door.address;
  return `POST /v2/models/${model}/infer HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** Whatever came before, the next request is answered. */
async function stillServes({ url }: Stage): Promise<void> {
  const answer = await post(`${url}/models/identity/infer`, well);
  expect([answer.status, (await answer.json()).outputs]).toEqual([200, [x]]);
}

describe("a bad request is refused, naming what is wrong, and disturbs nobody", () => {
  const nested = (depth: number) => `${"[".repeat(depth)}1${"]".repeat(depth)}`;
  const withInput = (more: object) => ({ inputs: [{ ...x, ...more }] });
  test.each<[string, unknown, string]>([
    ["nothing", "", "the JSON part of the body is empty"],
    ["no JSON", "{inputs: secret}", "the JSON part of the body is no JSON"],
    ["a list", [], "the request is an array: give an object"],
    ["no inputs", {}, "inputs is undefined"],
    [
      "an input without data",
      { inputs: [{ name: "x", datatype: "FP32", shape: [1] }] },
      "inputs[0].data is undefined: give an array",
    ],
    ["a negative size", withInput({ shape: [2, -5] }), "inputs[0].shape[1] is -5: give a whole number >= 0"],
    ["a size that is no number", withInput({ shape: ["1"] }), 'inputs[0].shape[0] is "1"'],
    ["sizes that overflow", withInput({ shape: [2 ** 4, 2 ** 50] }), "elements: 268435456 at most"],
    ["more dimensions than there are", withInput({ shape: Array(17).fill(1) }), "at most 16 whole numbers"],
    ["too few elements", withInput({ shape: [1, 16] }), "inputs[0].data has 2 elements, and its shape 16"],
    ["too many elements", withInput({ shape: [1, 1] }), "inputs[0].data has more than the 1 elements of its shape"],
    ["a datatype that is none", withInput({ datatype: "FP31" }), 'inputs[0].datatype is "FP31": give one of BOOL'],
    ["text where numbers are", withInput({ data: [1, "two"] }), 'inputs[0].data[1] is "two": FP32 takes numbers'],
    ["null among numbers", withInput({ data: [1, null] }), "inputs[0].data[1] is null"],
    ["an input twice", { inputs: [x, x] }, 'inputs[1].name is "x" a second time'],
    ["an output twice", { ...well, outputs: [{ name: "x" }, { name: "x" }] }, 'outputs[1].name is "x" a second time'],
    [
      "an output that the model has not",
      { ...well, outputs: [{ name: "y" }] },
      'outputs[0].name is "y": the model gave x',
    ],
    ["parameters that are none", { ...well, parameters: { a: [] } }, "parameters.a is an array"],
    ["a deadline that is none", { ...well, parameters: { timeout: -1 } }, "parameters.timeout is -1"],
    ["a priority that is none", { ...well, parameters: { priority: "high" } }, 'parameters.priority is "high"'],
    ["a sequence without an id", { ...well, parameters: { sequence_start: true } }, "since sequence_start is set"],
    ["an id of a sequence that is none", { ...well, parameters: { sequence_id: -4 } }, "parameters.sequence_id is -4"],
    [
      "shared memory",
      withInput({ data: undefined, parameters: { shared_memory_region: "r" } }),
      "shared memory, which is not served",
    ],
    [
      "deep nesting",
      `{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":${nested(120)}}]}`,
      "nested deeper than 100",
    ],
    [
      "binary data that are not there",
      withInput({ data: undefined, parameters: { binary_data_size: 8 } }),
      "is 8, and 0 bytes are left",
    ],
  ])("%s", async (_, body, error) => {
    const stage = await serve({ identity });
    const answer = await post(`${stage.url}/models/identity/infer`, body);
    const told = await answer.json();
    expect([answer.status, Object.keys(told)]).toEqual([400, ["error"]]);
    expect(told.error).toContain(error);
    expect(told.error).not.toContain("secret");
    await stillServes(stage);
  });

  test("nesting as deep as other servers take it is taken", async () => {
    const { url } = await serve({ identity });
    const body = `{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":${nested(50)}}]}`;
    expect((await post(`${url}/models/identity/infer`, body)).status).toBe(200);
  });

  test.each([
    ["past the end", "999", 'Inference-Header-Content-Length is "999"'],
    ["negative", "-1", 'Inference-Header-Content-Length is "-1"'],
    ["no number", "ten", 'Inference-Header-Content-Length is "ten"'],
    ["too short for its JSON", "1", "the JSON part of the body is no JSON"],
  ])("a length of the JSON part that is %s", async (_, length, error) => {
    const stage = await serve({ identity });
    const headers = { "inference-header-content-length": length };
    const answer = await post(`${stage.url}/models/identity/infer`, well, headers);
    expect([answer.status, (await answer.json()).error]).toEqual([400, expect.stringContaining(error)]);
    await stillServes(stage);
  });
});

describe("a body is bounded", () => {
  const rest = { maxBody: 4096 };
  const bound = "4096 are allowed";

  test("by what its head says, before a byte is sent", async () => {
    const stage = await serve({ identity }, {}, rest);
    const head = `POST /v2/models/identity/infer HTTP/1.1\r\nHost: ${stage.door.address.host}:${stage.door.address.port}\r\n`;
    const text = await talk(stage, `${head}Content-Length: 99999999\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toContain("the body has 99999999 bytes");
    expect(text.toLowerCase()).toContain("connection: close");
    await stillServes(stage);
  });

  test("by what comes", async () => {
    const stage = await serve({ identity }, {}, rest);
    const answer = await fetch(`${stage.url}/models/identity/infer`, {
      method: "POST",
      body: new Blob(["x".repeat(100_000)]).stream(),
      duplex: "half",
    } as RequestInit);
    expect([answer.status, (await answer.json()).error]).toEqual([413, expect.stringContaining(bound)]);
    await stillServes(stage);
  });

  test("by what it inflates to: a bomb is not let go off", async () => {
    const stage = await serve({ identity }, {}, rest);
    const bomb = gzipSync(Buffer.alloc(3_000_000));
    expect(bomb.length).toBeLessThan(4096);
    const answer = await post(`${stage.url}/models/identity/infer`, bomb, { "content-encoding": "gzip" });
    expect([answer.status, (await answer.json()).error]).toEqual([413, expect.stringContaining("inflates to more")]);
    await stillServes(stage);
  });

  test.each([
    ["zstd", 415, 'Content-Encoding is "zstd": give gzip, deflate or none'],
    ["gzip, gzip", 415, 'Content-Encoding is "gzip, gzip"'],
    ["gzip", 400, "the body is no gzip"],
    ["deflate", 400, "the body is no deflate"],
  ])("Content-Encoding %j of what is not so packed is %d", async (coding, status, error) => {
    const stage = await serve({ identity });
    const answer = await post(`${stage.url}/models/identity/infer`, well, { "content-encoding": coding });
    expect([answer.status, (await answer.json()).error]).toEqual([status, expect.stringContaining(error)]);
    await stillServes(stage);
  });

  test("by what all of them hold at once; it is given back with each answer", async () => {
    const { model, letGo } = holding();
    const stage = await serve({ identity, holding: model }, {}, { maxBody: 4096, maxBodies: 4096 });
    const padded = { ...well, id: "i".repeat(3000) };
    const first = post(`${stage.url}/models/holding/infer`, padded);
    while (stage.models.calls.length < 1) await turn();
    const second = await post(`${stage.url}/models/identity/infer`, padded);
    expect([second.status, second.headers.get("retry-after")]).toEqual([429, "1"]);
    expect((await second.json()).error).toContain("no room for this body now");
    letGo();
    expect((await first).status).toBe(200);
    expect((await post(`${stage.url}/models/identity/infer`, padded)).status).toBe(200);
  });

  test("by time: one that trickles is given up, and others never notice", async () => {
    const clock = new HandClock();
    const stage = await serve({ identity }, { clock }, { bodyTimeout: "10s" });
    const { host, port } = stage.door.address;
    const head = `POST /v2/models/identity/infer HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Length: 100\r\n\r\n{"in`;
    const before = clock.pending;
    const trickled = talk(stage, head);
    while (clock.pending === before) await turn();
    await stillServes(stage);
    clock.advance(10_000);
    await turn();
    clock.advance(1000);
    const text = await trickled;
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(text).toContain("the body was not whole within 10000 ms");
  });
});

describe("a connection is bounded", () => {
  test("in unanswered requests: what is pipelined beyond is 429, each in its turn", async () => {
    const { model, letGo } = holding();
    const stage = await serve({ identity, holding: model }, { maxInFlight: 2 });
    const one = raw(stage, "holding");
    const last = one.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    const talked = talk(stage, one.repeat(3) + last);
    while (stage.models.calls.length < 2) await turn();
    // They came in one piece: the others are looked at before anything else happens.
    for (let i = 0; i < 100; i++) await turn();
    letGo();
    const text = await talked;
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 200", "HTTP/1.1 429", "HTTP/1.1 429"]);
    expect(text).toContain("this connection has 2 unanswered requests: wait for one");
    await stillServes(stage);
  });

  test("and none of those that stood behind another is held when their connection goes", async () => {
    let begun = 0;
    let cancelled = 0;
    const slow: FakeModel = {
      run: (_, signal) =>
        new Promise((_resolve, reject) => {
          begun++;
          signal.addEventListener("abort", () => {
            cancelled++;
            reject(signal.reason);
          });
        }),
    };
    const stage = await serve({ identity, slow });
    const { host, port } = stage.door.address;
    const socket = connect({ host, port });
    socket.on("error", () => {});
    socket.write(raw(stage, "slow").repeat(5));
    await vi.waitFor(() => expect(begun).toBe(5));
    socket.resetAndDestroy();
    await vi.waitFor(() => expect(cancelled).toBe(5));
    await stillServes(stage);
    // It waits for whatever is unanswered: for nothing.
    await stage.door.close({ drain: "1h" });
  });

  test("in headers, and what is no HTTP is answered as Node answers it", async () => {
    const stage = await serve({ identity });
    const { host, port } = stage.door.address;
    const head = `GET /v2 HTTP/1.1\r\nHost: ${host}:${port}\r\n`;
    const flood = Array.from({ length: 3000 }, (_, i) => `X-${i}: aaaaaaaaaa\r\n`).join("");
    expect(await talk(stage, `${head}${flood}\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
    expect(await talk(stage, "\u0000\u0001\u0002 nonsense\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    await stillServes(stage);
  });
});

describe("who may ask", () => {
  const token = "caller-token-0123456789";
  test("needs the token where there is one; probes do not", async () => {
    const { url } = await serve({ identity }, { token });
    const refused = await post(`${url}/models/identity/infer`, well);
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect((await fetch(`${url}/models/identity/ready`)).status).toBe(401);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const allowed = await post(`${url}/models/identity/infer`, well, { authorization: `Bearer ${token}` });
    expect(allowed.status).toBe(200);
  });

  test("waits after too many wrong tokens, with the right one too", async () => {
    const { url } = await serve({ identity }, { token });
    for (let i = 0; i < 10; i++) {
      expect((await fetch(url, { headers: { authorization: "Bearer wrong" } })).status).toBe(401);
    }
    const waits = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    expect([waits.status, Number(waits.headers.get("retry-after")) > 0]).toEqual([429, true]);
  });

  test("is no page of another site, and nobody who names another server", async () => {
    const stage = await serve({ identity });
    const foreign = await fetch(stage.url, { headers: { origin: "https://evil.example" } });
    expect([foreign.status, Object.keys(await foreign.json())]).toEqual([403, ["error"]]);
    expect(await talk(stage, "GET /v2 HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")).toMatch(
      /^HTTP\/1\.1 403 /,
    );
    expect((await fetch(`${stage.url}?token=abc`)).status).toBe(403);
  });

  test("is a page that was allowed, whose browser is told so", async () => {
    const origin = "https://app.example";
    const { url } = await serve({ identity }, { origins: [origin] });
    const answer = await post(`${url}/models/identity/infer`, well, { origin });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, origin]);
    const preflight = await fetch(`${url}/models/identity/infer`, { method: "OPTIONS", headers: { origin } });
    expect([preflight.status, preflight.headers.get("access-control-allow-headers")]).toEqual([
      204,
      "authorization, content-type, content-encoding, inference-header-content-length",
    ]);
  });
});

describe("a gateway that closes", () => {
  test("lets what is under way finish, on a connection that ends with it", async () => {
    const { model, letGo } = holding();
    const stage = await serve({ identity, holding: model });
    const asked = talk(stage, raw(stage, "holding"));
    while (stage.models.calls.length < 1) await turn();
    const closed = stage.door.close({ drain: "30s" });
    await turn();
    letGo();
    const text = await asked;
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text.toLowerCase()).toContain("connection: close");
    await closed;
  });

  test("tells probes and callers on open connections that it stops", async () => {
    const { model, letGo } = holding();
    const stage = await serve({ identity, holding: model });
    // Their heads have begun to come, so their connections are not idle.
    const { host, port } = stage.door.address;
    const late = ["/v2/health/ready", "/v2/health/live", "/v2/models/identity"].map((path) => {
      const socket = connect(port, "127.0.0.1");
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\n`);
      return socket;
    });
    await Promise.all(late.map((socket) => new Promise((resolve) => socket.write("X-A: b\r\n", resolve))));
    const asked = talk(stage, raw(stage, "holding"));
    while (stage.models.calls.length < 1) await turn();
    // What the machine has of them, the server has read a few turns later.
    for (let i = 0; i < 20; i++) await turn();
    const closed = stage.door.close({ drain: "30s" });
    await turn();
    const answers = await Promise.all(
      late.map(async (socket) => {
        socket.write("\r\n");
        let text = "";
        for await (const chunk of socket) text += String(chunk);
        return text;
      }),
    );
    expect(answers.map((text) => text.slice(0, 12))).toEqual(["HTTP/1.1 503", "HTTP/1.1 200", "HTTP/1.1 503"]);
    expect(answers[0]).toContain('"reason":"the server is stopping"');
    expect(answers[2]).toContain("the server is stopping and takes no new work");
    letGo();
    await asked;
    await closed;
  });
});
