import { request } from "node:http";
import { deflateRawSync, deflateSync, gunzipSync, gzipSync, inflateSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { HoldfastError } from "../../../../src/errors.js";
import { datatypes } from "../../../../src/protocol/v2/datatypes.js";
import type { ModelAnswer } from "../../../../src/serving/runtimes/model.js";
import type { FakeModel } from "./fake-models.js";
import { closeAll, identity, post, serve, simple } from "./stage.js";

afterEach(closeAll);

const row = (name: string, data: number[]) => ({ name, datatype: "INT32", shape: [1, 4], data });
const both = { inputs: [row("INPUT0", [1, 2, 3, 4]), row("INPUT1", [1, 1, 1, 1])] };
const anything: FakeModel = { run: ({ inputs }) => ({ outputs: inputs }) };

/** A body of the binary extension as it came: its JSON part and what follows. */
async function parts(answer: Response) {
  const body = Buffer.from(await answer.arrayBuffer());
  const length = answer.headers.get("inference-header-content-length");
  const json = JSON.parse(body.subarray(0, length === null ? body.length : Number(length)).toString());
  return { json, binary: [...body.subarray(length === null ? body.length : Number(length))], length };
}

describe("an inference in JSON", () => {
  test("answers with the model, the version that answered, the id and all outputs", async () => {
    const { url } = await serve({ simple });
    const answer = await post(`${url}/models/simple/infer`, { id: "42", ...both });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(await answer.json()).toEqual({
      model_name: "simple",
      model_version: "2",
      id: "42",
      outputs: [row("OUTPUT0", [2, 3, 4, 5]), row("OUTPUT1", [0, 1, 2, 3])],
    });
  });

  test("takes any content type, as curl -d and others send it, and a version and a query in the path", async () => {
    const { url, models } = await serve({ simple });
    for (const type of [
      "application/x-www-form-urlencoded",
      "text/plain",
      "nonsense",
      "application/json; charset=utf-8",
    ]) {
      const answer = await post(`${url}/models/simple/versions/1/infer?a=b`, both, { "content-type": type });
      expect([type, answer.status]).toEqual([type, 200]);
    }
    expect(models.calls.map(({ version }) => version)).toEqual(["1", "1", "1", "1"]);
  });

  test("answers the outputs that were asked for, in that order", async () => {
    const { url, models } = await serve({ simple });
    const outputs = [{ name: "OUTPUT1" }, { name: "OUTPUT0" }];
    const { outputs: given } = await (await post(`${url}/models/simple/infer`, { ...both, outputs })).json();
    expect(given.map(({ name }: { name: string }) => name)).toEqual(["OUTPUT1", "OUTPUT0"]);
    expect(models.calls[0]!.request.outputs).toEqual(["OUTPUT1", "OUTPUT0"]);
  });

  const samples: Record<string, unknown[]> = {
    BOOL: [true, false],
    BYTES: ["text", "żółw"],
    FP32: [0.5, -2],
    UINT64: [1, 2],
  };
  test.each(datatypes)("carries %s to the model and back", async (datatype) => {
    const { url } = await serve({ anything });
    const input = { name: "t", datatype, shape: [2], data: samples[datatype] ?? [1, 2] };
    const answer = await post(`${url}/models/anything/infer`, { inputs: [input] });
    expect((await answer.json()).outputs).toEqual([input]);
  });

  test("keeps every digit of 64-bit integers on the way", async () => {
    const { url } = await serve({ anything });
    const body =
      '{"inputs":[{"name":"t","datatype":"INT64","shape":[2],"data":[9007199254740993,-9223372036854775808]}]}';
    const answer = await post(`${url}/models/anything/infer`, body);
    expect(await answer.text()).toContain('"data":[9007199254740993,-9223372036854775808]');
  });

  test("hands the model its own parameters, and an answer's to the caller", async () => {
    const loud: FakeModel = {
      run: ({ inputs, parameters }) => ({ outputs: inputs, parameters: { heard: String(parameters?.tone) } }),
    };
    const { url, models } = await serve({ loud });
    const parameters = { tone: "high", timeout: 5_000_000, priority: 3, binary_data_output: false, sequence_id: 7 };
    const answer = await post(`${url}/models/loud/infer`, { inputs: [row("t", [1, 2, 3, 4])], parameters });
    expect((await answer.json()).parameters).toEqual({ heard: "high" });
    const { request: asked, options } = models.calls[0]!;
    expect(asked.parameters).toEqual({ tone: "high", sequence_id: 7 });
    expect(options).toMatchObject({ timeout: 5000, priority: 2, sender: "v2" });
    expect(options.key).toBeUndefined();
  });

  test("sends the requests of a sequence to whoever keeps its state, where the model keeps one", async () => {
    const { url, models } = await serve({ remembering: { ...anything, stateful: true } });
    const inputs = [row("t", [1, 2, 3, 4])];
    for (const sequence_id of [7, "call-17", "18446744073709551615"]) {
      const parameters = { sequence_id, sequence_start: true };
      expect((await post(`${url}/models/remembering/infer`, { inputs, parameters })).status).toBe(200);
    }
    expect(models.calls.map(({ options }) => options.key)).toEqual(["7", "call-17", "18446744073709551615"]);
    expect(models.calls[0]!.request.parameters).toEqual({ sequence_id: 7, sequence_start: true });
    const refused = await post(`${url}/models/remembering/infer`, { inputs });
    expect([refused.status, (await refused.json()).error]).toEqual([
      400,
      "parameters.sequence_id is undefined: give an id, since this model keeps a state for each sequence",
    ]);
  });

  test("gives the classes of an output instead of it", async () => {
    const scores: FakeModel = {
      outputs: [{ name: "y", dtype: "float32", shape: ["batch", 3] }],
      run: () => ({
        outputs: { y: { dtype: "float32", shape: [2, 3], data: new Float32Array([1, 3, 2, 9, 7, 8]) } },
      }),
    };
    const { url } = await serve({ scores });
    const outputs = [{ name: "y", parameters: { classification: 2 } }];
    const answer = await post(`${url}/models/scores/infer`, { inputs: [row("t", [1, 2, 3, 4])], outputs });
    expect((await answer.json()).outputs).toEqual([
      { name: "y", datatype: "BYTES", shape: [2, 2], data: ["3:1", "2:2", "9:0", "8:2"] },
    ]);
  });
});

describe("the binary extension", () => {
  const x = (size: number, shape: number[]) => ({
    name: "x",
    datatype: "FP32",
    shape,
    parameters: { binary_data_size: size },
  });
  const floats = new Uint8Array(new Float32Array([1, 2]).buffer);
  const framed = (json: unknown, ...binary: Uint8Array[]) => {
    const head = Buffer.from(JSON.stringify(json));
    return [Buffer.concat([head, ...binary]), { "inference-header-content-length": String(head.length) }] as const;
  };

  test("takes inputs behind the JSON part and gives outputs so where asked", async () => {
    const { url } = await serve({ identity });
    const [body, headers] = framed({ inputs: [x(8, [1, 2])], parameters: { binary_data_output: true } }, floats);
    const answer = await post(`${url}/models/identity/infer`, body, headers);
    const { json, binary } = await parts(answer);
    expect(answer.headers.get("content-type")).toBe("application/octet-stream");
    expect(json.outputs).toEqual([{ name: "x", datatype: "FP32", shape: [1, 2], parameters: { binary_data_size: 8 } }]);
    expect(binary).toEqual([...floats]);
  });

  test.each([
    ["no word of it", undefined, undefined, undefined, [false, false]],
    ["binary for one, JSON for the other", undefined, true, false, [true, false]],
    ["binary for one, no word of the other", undefined, true, undefined, [true, false]],
    ["binary for all", true, undefined, undefined, [true, true]],
    ["binary for all but one", true, false, undefined, [false, true]],
  ])("%s", async (_, all, first, second, expected) => {
    const { url } = await serve({ simple });
    const named = (name: string, binary: boolean | undefined) => ({
      name,
      ...(binary === undefined ? {} : { parameters: { binary_data: binary } }),
    });
    const { json } = await parts(
      await post(`${url}/models/simple/infer`, {
        ...both,
        ...(all === undefined ? {} : { parameters: { binary_data_output: all } }),
        outputs: [named("OUTPUT0", first), named("OUTPUT1", second)],
      }),
    );
    expect(json.outputs.map((output: object) => !("data" in output))).toEqual(expected);
  });

  test("takes bytes that are no text, and tells them apart from text", async () => {
    const { url, models } = await serve({ anything });
    const bytes = new Uint8Array([2, 0, 0, 0, 0xff, 0xfe, 1, 0, 0, 0, 0x61]);
    const input = { name: "t", datatype: "BYTES", shape: [2], parameters: { binary_data_size: bytes.length } };
    const [body, headers] = framed({ inputs: [input], parameters: { binary_data_output: true } }, bytes);
    expect((await parts(await post(`${url}/models/anything/infer`, body, headers))).binary).toEqual([...bytes]);
    expect(models.calls[0]!.request.inputs.t!.data).toEqual([new Uint8Array([0xff, 0xfe]), "a"]);
    const [asJson, head] = framed({ inputs: [input] }, bytes);
    const refused = await post(`${url}/models/anything/infer`, asJson, head);
    expect(refused.status).toBe(400);
  });

  test("takes a body without a JSON part for the only input", async () => {
    const { url } = await serve({ identity, simple });
    const none = { "inference-header-content-length": "0" };
    const answer = await post(`${url}/models/identity/infer`, floats, none);
    const { json, binary } = await parts(answer);
    expect([answer.status, json.outputs[0].shape, binary]).toEqual([200, [1, 2], [...floats]]);
    const refused = await post(`${url}/models/simple/infer`, floats, none);
    expect([refused.status, (await refused.json()).error]).toEqual([
      400,
      "a body without a JSON part is for models of one input, and this one has 2",
    ]);
  });

  test("takes a chunked body", async () => {
    const { url } = await serve({ identity });
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${url}/models/identity/infer`, {
        method: "POST",
        headers: { "inference-header-content-length": "0", "transfer-encoding": "chunked" },
      });
      sent.on("response", (response) => resolve(response.resume().statusCode)).on("error", reject);
      for (const byte of floats) sent.write(new Uint8Array([byte]));
      sent.end();
    });
    expect(status).toBe(200);
  });
});

describe("compression", () => {
  const packed = { gzip: gzipSync, "x-gzip": gzipSync, deflate: deflateSync, " Deflate ": deflateRawSync };
  test.each(Object.entries(packed))("of a request as %j is undone", async (coding, pack) => {
    const { url } = await serve({ simple });
    const body = pack(JSON.stringify(both));
    const answer = await post(`${url}/models/simple/infer`, body, { "content-encoding": coding });
    expect([answer.status, (await answer.json()).outputs[0].data]).toEqual([200, [2, 3, 4, 5]]);
  });

  const big: FakeModel = {
    run: (): ModelAnswer => ({ outputs: { y: { dtype: "float32", shape: [1000], data: new Float32Array(1000) } } }),
  };
  const raw = (url: string, accept: string | undefined, body: unknown) =>
    new Promise<{ coding: string | undefined; bytes: Buffer }>((resolve, reject) => {
      const sent = request(url, { method: "POST", headers: accept === undefined ? {} : { "accept-encoding": accept } });
      sent.on("error", reject).on("response", async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        resolve({ coding: response.headers["content-encoding"], bytes: Buffer.concat(chunks) });
      });
      sent.end(JSON.stringify(body));
    });

  test.each([
    ["gzip", "gzip"],
    ["deflate", "deflate"],
    ["deflate, gzip;q=0.5", "deflate"],
    ["gzip, deflate, br", "gzip"],
    ["gzip;q=0", undefined],
    ["br", undefined],
    [undefined, undefined],
  ])("of an answer is what Accept-Encoding %j asks for", async (accept, coding) => {
    const { url } = await serve({ big });
    const asked = { inputs: [row("t", [1, 2, 3, 4])] };
    const answer = await raw(`${url}/models/big/infer`, accept, asked);
    expect(answer.coding).toBe(coding);
    const plain =
      coding === "gzip" ? gunzipSync(answer.bytes) : coding === "deflate" ? inflateSync(answer.bytes) : answer.bytes;
    expect(JSON.parse(plain.toString()).outputs[0].data).toHaveLength(1000);
  });

  test("spares a small answer", async () => {
    const { url } = await serve({ simple });
    expect((await raw(`${url}/models/simple/infer`, "gzip", both)).coding).toBeUndefined();
  });
});

describe("what goes wrong behind the door", () => {
  const broken = (error: () => unknown): FakeModel => ({
    run: () => {
      throw error();
    },
  });
  test.each([
    ["Refused", new HoldfastError("Refused", "too long"), 400, undefined],
    ["MailboxFull", new HoldfastError("MailboxFull", "full", { retryAfterMs: 1500 }), 503, "2"],
    ["Unavailable", new HoldfastError("Unavailable", "no member"), 503, "1"],
    ["Draining", new HoldfastError("Draining", "stopping"), 503, "1"],
    ["StartFailed for good", new HoldfastError("StartFailed", "bad model", { retryable: false }), 500, undefined],
    ["HandlerFailed", new HoldfastError("HandlerFailed", "it threw"), 500, undefined],
    ["ActorDied", new HoldfastError("ActorDied", "its thread ended"), 500, undefined],
    ["TooManyInFlight", new HoldfastError("TooManyInFlight", "too many"), 429, "1"],
    ["what nobody expected", new TypeError("secret is not a function"), 500, undefined],
  ])("%s is told by its status", async (_, error, status, retry) => {
    const { url } = await serve({ broken: broken(() => error) });
    const answer = await post(`${url}/models/broken/infer`, { inputs: [row("t", [1, 2, 3, 4])] });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([status, retry ?? null]);
    const body = await answer.json();
    const told = error instanceof HoldfastError ? error.message : "the server failed at this request";
    expect(body).toEqual({ error: told });
    expect(answer.headers.get("holdfast-code")).toBe(error instanceof HoldfastError ? error.code : null);
  });

  test("a deadline in microseconds is kept, and its passing is 504", async () => {
    const never: FakeModel = { run: () => new Promise(() => {}) };
    const { url } = await serve({ never });
    const answer = await post(`${url}/models/never/infer`, {
      inputs: [row("t", [1, 2, 3, 4])],
      parameters: { timeout: 20_000 },
    });
    expect([answer.status, await answer.json()]).toEqual([504, { error: "the model had 20 ms" }]);
  });

  test("a client that goes away cancels its request", async () => {
    let ended: (reason: unknown) => void = () => {};
    const end = new Promise((resolve) => {
      ended = resolve;
    });
    let begun: () => void = () => {};
    const begin = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const slow: FakeModel = {
      run: (_, signal) =>
        new Promise((_resolve, reject) => {
          begun();
          signal.addEventListener("abort", () => {
            ended((signal.reason as HoldfastError).code);
            reject(signal.reason);
          });
        }),
    };
    const { url, door } = await serve({ slow });
    const gone = new AbortController();
    const asked = fetch(`${url}/models/slow/infer`, {
      method: "POST",
      body: JSON.stringify({ inputs: [row("t", [1, 2, 3, 4])] }),
      signal: gone.signal,
    });
    await begin;
    gone.abort();
    await expect(asked).rejects.toThrow();
    expect(await end).toBe("Cancelled");
    await door.close();
  });
});
