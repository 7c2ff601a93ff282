import { afterEach, describe, expect, test } from "vitest";
import { extensions } from "../../../../src/gateway/v2/v2-service.js";
import { closeAll, identity, post, serve, simple } from "./stage.js";

afterEach(closeAll);

const tensor = (name: string, data: number[]) => ({ name, datatype: "INT32", shape: [1, 4], data });
const both = { inputs: [tensor("INPUT0", [1, 2, 3, 4]), tensor("INPUT1", [1, 1, 1, 1])] };

// biome-ignore lint/suspicious/noExplicitAny: bodies are looked into as they come
async function told(answer: Promise<Response>): Promise<readonly [number, any]> {
  const response = await answer;
  return [response.status, await response.json()] as const;
}

describe("V2's metadata", () => {
  test("of the server tells its name, its version and what it serves beyond the required", async () => {
    const { url } = await serve({ simple }, {}, { serverName: "edge" });
    const [status, body] = await told(fetch(url));
    expect([status, body.name, body.extensions]).toEqual([200, "edge", [...extensions]]);
    expect(body.version).toMatch(/^\d+\.\d+\.\d+/);
  });

  test("of a model tells versions, platform, inputs and outputs; sizes that vary are -1", async () => {
    const { url } = await serve({ identity });
    const x = { name: "x", datatype: "FP32", shape: [-1, 2] };
    const expected = {
      name: "identity",
      versions: ["1", "2"],
      platform: "onnxruntime_onnx",
      inputs: [x],
      outputs: [x],
    };
    expect(await told(fetch(`${url}/models/identity`))).toEqual([200, expected]);
    expect(await told(fetch(`${url}/models/identity/versions/1?probe=1`))).toEqual([200, expected]);
    expect(await told(fetch(`${url}/models/identity/`))).toEqual([200, expected]);
  });

  test("of a configuration has the fields that Triton's clients read", async () => {
    const { url } = await serve({ identity });
    const [status, config] = await told(fetch(`${url}/models/identity/config`));
    expect([status, config]).toMatchObject([
      200,
      {
        name: "identity",
        platform: "onnxruntime_onnx",
        backend: "onnxruntime",
        max_batch_size: 0,
        version_policy: { specific: { versions: [2] } },
        input: [{ name: "x", data_type: "TYPE_FP32", dims: [-1, 2] }],
        output: [{ name: "x", data_type: "TYPE_FP32", dims: [-1, 2] }],
      },
    ]);
  });

  test("of names with special letters is found by their encoding", async () => {
    const { url } = await serve({ "a model/ż": identity });
    expect((await fetch(`${url}/models/${encodeURIComponent("a model/ż")}`)).status).toBe(200);
  });

  test("of statistics is one per version, of one model or of all", async () => {
    const { url } = await serve({ simple, identity });
    await post(`${url}/models/simple/infer`, both);
    const [, one] = await told(fetch(`${url}/models/simple/versions/2/stats`));
    expect(one.model_stats).toEqual([
      {
        name: "simple",
        version: "2",
        last_inference: 1700000000000,
        inference_count: 1,
        execution_count: 1,
        inference_stats: expect.objectContaining({
          success: { count: 1, ns: 5_000_000 },
          compute_infer: { count: 1, ns: 4_000_000 },
          cache_hit: { count: 0, ns: 0 },
        }),
        batch_stats: [expect.objectContaining({ batch_size: 1 })],
      },
    ]);
    const [, all] = await told(fetch(`${url}/models/stats`));
    const named = all.model_stats.map(({ name, version }: { name: string; version: string }) => `${name}/${version}`);
    expect(named).toEqual(["simple/1", "simple/2", "identity/1", "identity/2"]);
  });
});

describe("V2's health", () => {
  test("is live and ready, with each model's state", async () => {
    const { url } = await serve({ simple });
    expect(await told(fetch(`${url}/health/live`))).toEqual([200, { live: true }]);
    expect(await told(fetch(`${url}/health/ready`))).toEqual([
      200,
      { ready: true, models: { simple: { ready: true, state: "READY" } } },
    ]);
    expect(await told(fetch(`${url}/models/simple/versions/1/ready`))).toEqual([
      200,
      { name: "simple", ready: true, state: "READY" },
    ]);
  });

  test("says which model is down and why; the gateway's own health says so too", async () => {
    const { url, models, door } = await serve({ simple });
    models.states = ["1", "2"].map((version) => ({
      name: "simple",
      version,
      state: "UNAVAILABLE",
      reason: "it crashes",
    }));
    const down = { ready: false, state: "UNAVAILABLE", reason: "it crashes" };
    expect(await told(fetch(`${url}/health/ready`))).toEqual([503, { ready: false, models: { simple: down } }]);
    expect(await told(fetch(`${url}/models/simple/ready`))).toEqual([503, { name: "simple", ...down }]);
    const [status, body] = await told(fetch(`${door.pagesUrl}health/ready`));
    expect([status, body.ready, body.models]).toEqual([503, false, { ready: false, models: { simple: down } }]);
  });

  test("stays ready while another model loads, or was unloaded by hand", async () => {
    const { url, models } = await serve({ simple });
    models.states = [
      { name: "simple", version: "1", state: "READY" },
      { name: "next", version: "1", state: "LOADING" },
      { name: "old", version: "1", state: "UNAVAILABLE", reason: "it was unloaded" },
    ];
    const [status, body] = await told(fetch(`${url}/health/ready`));
    expect([status, body.models.next, body.models.old]).toEqual([
      200,
      { ready: false, state: "LOADING" },
      { ready: false, state: "UNLOADED", reason: "it was unloaded" },
    ]);
    for (const state of [[], [{ name: "next", version: "1", state: "LOADING" as const }]]) {
      models.states = state;
      const [none, { reason }] = await told(fetch(`${url}/health/ready`));
      expect([none, reason]).toEqual([503, "no model is loaded yet"]);
    }
  });
});

describe("V2's repository", () => {
  const admin = { authorization: "Bearer admin-token-0123456789" };
  const options = { adminToken: "admin-token-0123456789" };

  test("is listed, all of it or what is ready", async () => {
    const { url, models } = await serve({ simple });
    models.states = [
      { name: "simple", version: "1", state: "UNAVAILABLE", reason: "it was unloaded" },
      { name: "simple", version: "2", state: "READY" },
    ];
    const ready = { name: "simple", version: "2", state: "READY", reason: "" };
    expect(await told(post(`${url}/repository/index`, ""))).toEqual([200, [models.states[0], ready]]);
    expect(await told(post(`${url}/repository/index`, { ready: true }))).toEqual([200, [ready]]);
    const [status, { error }] = await told(post(`${url}/repository/index`, { ready: "yes" }));
    expect([status, error]).toEqual([400, 'ready is "yes": give true or false']);
  });

  test("loads and unloads for operators", async () => {
    const { url, models } = await serve({ simple }, options);
    expect(await told(post(`${url}/repository/models/simple/load`, "", admin))).toEqual([200, {}]);
    const more = { parameters: { unload_dependents: false } };
    expect(await told(post(`${url}/repository/models/simple/unload`, more, admin))).toEqual([200, {}]);
    expect(models.repository).toEqual(["load simple", "unload simple"]);
  });

  test("takes no model from outside, and nothing from callers who are no operators", async () => {
    const { url, models } = await serve({ simple }, options);
    const sent = { parameters: { config: "{}", "file:1/model.onnx": "AAAA" } };
    const [status, { error }] = await told(post(`${url}/repository/models/simple/load`, sent, admin));
    expect([status, error]).toEqual([
      400,
      "parameters.config is not taken: models are loaded as they lie in the folder",
    ]);
    expect((await post(`${url}/repository/models/simple/load`, "")).status).toBe(401);
    expect((await post(`${url}/repository/models/simple/load`, "", { authorization: "Bearer wrong" })).status).toBe(
      401,
    );
    expect((await post(`${url}/repository/models/none/unload`, "", admin)).status).toBe(404);
    expect(models.repository).toEqual([]);
  });
});

describe("what is not there", () => {
  test.each([
    ["GET", "/nothing", 404, 'there is nothing at "/v2/nothing"'],
    ["GET", "/models/none", 404, 'there is no model "none"'],
    ["POST", "/models/none/infer", 404, 'there is no model "none"'],
    ["POST", "/models/simple/versions/9/infer", 404, 'model "simple" has no version "9"'],
    ["GET", "/models/simple/ready/more", 404, "there is nothing at"],
    ["GET", "/models/%zz", 400, "%zz"],
    ["POST", "/models/simple", 405, "POST is not for this path: it takes GET, HEAD"],
    ["DELETE", "/models/simple/infer", 405, "DELETE is not for this path: it takes POST"],
    ["GET", "/repository/index", 405, "GET is not for this path: it takes POST"],
  ])("%s %s is %d, said in one line of JSON", async (method, path, status, error) => {
    const { url } = await serve({ simple });
    const answer = await fetch(`${url}${path}`, { method });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([status, "application/json"]);
    const body = await answer.json();
    expect(Object.keys(body)).toEqual(["error"]);
    expect(body.error).toContain(error);
    if (status === 405) expect(answer.headers.get("allow")).toBe(error.split("takes ")[1]);
  });

  test("HEAD is GET without a body, and OPTIONS says what is allowed", async () => {
    const { url } = await serve({ simple });
    const head = await fetch(`${url}/models/simple`, { method: "HEAD" });
    expect([head.status, Number(head.headers.get("content-length")) > 50, await head.text()]).toEqual([200, true, ""]);
    const options = await fetch(`${url}/models/simple/infer`, { method: "OPTIONS" });
    expect([options.status, options.headers.get("allow")]).toEqual([204, "POST"]);
  });

  test("pages and health of the gateway are where they were", async () => {
    const { door } = await serve({ simple });
    expect((await fetch(`${door.pagesUrl}health/live`)).status).toBe(200);
    expect((await fetch(`${door.pagesUrl}v22`)).status).toBe(404);
  });
});
