import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, supervisor, system } from "holdfast";
import { v2Client } from "holdfast/client";
import { type Gateway, gateway } from "holdfast/gateway";
import { openModels } from "holdfast/serving";
import { v2Door } from "holdfast/v2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeOnnx } from "../unit/serving/make-onnx.js";

/** y = x + x; and x + state, which is the next state. */
const port = (name: string) => ({ name, dtype: "float32" as const, shape: ["n"] });
const doubler = makeOnnx([{ op: "Add", inputs: ["x", "x"], outputs: ["y"] }], [port("x")], [port("y")]);
const adder = makeOnnx(
  [
    { op: "Add", inputs: ["x", "state"], outputs: ["next"] },
    { op: "Identity", inputs: ["next"], outputs: ["sum"] },
  ],
  [port("x"), port("state")],
  [port("sum"), port("next")],
);
const shout = new URL("../actors/shout.mjs", import.meta.url);

let folder = "";
let app: App<unknown>;
let door: Gateway;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-v2-"));
  mkdirSync(join(folder, "double/1"), { recursive: true });
  writeFileSync(join(folder, "double/1/model.onnx"), doubler);
  writeFileSync(join(folder, "sums.onnx"), adder);
  app = await system(supervisor({}, {}));
  const models = await openModels(app, {
    folder,
    staging: folder,
    poll: false,
    settle: 0,
    models: {
      double: { runtime: "wasm", pool: { size: 2, spares: 0 } },
      sums: { runtime: "wasm", sequences: { state: { next: "state" } } },
      shout: { source: shout, pool: { size: 1, spares: 0 }, limit: "1s" },
    },
  });
  door = await gateway(app, { port: 0, expose: {}, http: [v2Door(models)], adminToken: "admin-token-0123456789" });
}, 60_000);
afterAll(async () => {
  await door?.close({ drain: 0 });
  await app?.stop({ drain: 0 });
  rmSync(folder, { recursive: true, force: true });
});

const url = (path: string) => `${door.pagesUrl}v2${path}`;
const x = (...data: number[]) => ({ name: "x", datatype: "FP32", shape: [data.length], data });
async function infer(model: string, inputs: unknown[], parameters?: object) {
  const answer = await fetch(url(`/models/${model}/infer`), {
    method: "POST",
    body: JSON.stringify({ inputs, ...(parameters ? { parameters } : {}) }),
  });
  return {
    status: answer.status,
    body: (await answer.json()) as Record<string, never> & { outputs: { data: unknown[] }[] },
  };
}

describe("models of a folder, over the Open Inference Protocol", () => {
  it("are listed, described and asked; what they did is counted", async () => {
    const index = (await (await fetch(url("/repository/index"), { method: "POST" })).json()) as { name: string }[];
    expect(index).toMatchObject([
      { name: "double", version: "1", state: "READY" },
      { name: "shout", version: "1", state: "READY" },
      { name: "sums", version: "1", state: "READY" },
    ]);
    expect(await (await fetch(url("/models/double"))).json()).toEqual({
      name: "double",
      versions: ["1"],
      platform: "onnxruntime_onnx",
      inputs: [{ name: "x", datatype: "FP32", shape: [-1] }],
      outputs: [{ name: "y", datatype: "FP32", shape: [-1] }],
    });
    expect((await infer("double", [x(1, 2, 3)])).body).toMatchObject({
      model_name: "double",
      model_version: "1",
      outputs: [{ name: "y", datatype: "FP32", shape: [3], data: [2, 4, 6] }],
    });
    const { model_stats } = (await (await fetch(url("/models/double/stats"))).json()) as { model_stats: unknown[] };
    expect(model_stats).toMatchObject([{ name: "double", version: "1", inference_stats: { success: { count: 1 } } }]);
  });

  it("refuse what does not fit by name, and go on", async () => {
    const wrong = await infer("double", [{ ...x(1), datatype: "INT32" }]);
    expect([wrong.status, wrong.body.error]).toEqual([400, expect.stringContaining('input "x" is int32')]);
    expect((await infer("double", [x(4)])).status).toBe(200);
  });

  it("are asked by the client of this package, in binary data", async () => {
    const client = v2Client(door.pagesUrl);
    const answer = await client.infer("double", { x: new Float32Array([0.5, -1]) });
    expect(answer.output("y", "FP32").data).toEqual(new Float32Array([1, -2]));
  });

  it("answer every request while their threads are killed", async () => {
    const settled: number[] = [];
    const asking = Array.from({ length: 40 }, async (_, i) => {
      const { status, body } = await infer("double", [x(i)]);
      settled.push(status);
      expect(body.outputs?.[0]?.data).toEqual([2 * i]);
    });
    const members = () =>
      app.tree().children![0]!.children!.find(({ name }) => name === "double")!.children![0]!.children!;
    for (const { path } of members()) app.kill(path.split("/").slice(1).join("/"));
    await Promise.all(asking);
    expect(settled).toEqual(Array(40).fill(200));
  });

  it("keep a sequence through the death of its thread", async () => {
    const next = (value: number, more = {}) => infer("sums", [x(value)], { sequence_id: "call-17", ...more });
    expect((await next(1, { sequence_start: true })).body.outputs[0]!.data).toEqual([1]);
    const [two] = await Promise.all([next(2), app.kill("models/sums/1", { key: "call-17" })]);
    expect(two.body.outputs[0]!.data).toEqual([3]);
    expect((await next(3, { sequence_end: true })).body.outputs[0]!.data).toEqual([6]);
    const over = await next(4);
    expect([over.status, over.body.error]).toEqual([400, expect.stringContaining("is not under way")]);
  });

  it("tell the end of what exits and of what hangs by a status, and answer the next", async () => {
    const text = { name: "text", datatype: "BYTES", shape: [1], data: ["quiet"] };
    const exits = await infer("shout", [text], { exit: true });
    expect([exits.status, Object.keys(exits.body)]).toEqual([500, ["error"]]);
    const hangs = await infer("shout", [text], { hang: true });
    expect([hangs.status, Object.keys(hangs.body)]).toEqual([500, ["error"]]);
    expect((await infer("shout", [text], { refuse: true })).status).toBe(400);
    const late = await infer("shout", [text], { wait: true, timeout: 100_000 });
    expect(late.status).toBe(504);
    expect((await infer("shout", [text])).body.outputs[0]).toMatchObject({ name: "loud", data: ["QUIET"] });
  });

  it("are unloaded and loaded by whoever may", async () => {
    const admin = { authorization: "Bearer admin-token-0123456789" };
    const act = (what: string) => fetch(url(`/repository/models/double/${what}`), { method: "POST", headers: admin });
    expect((await act("unload")).status).toBe(200);
    expect((await infer("double", [x(1)])).status).toBe(503);
    expect((await fetch(url("/health/ready"))).status).toBe(200);
    expect((await fetch(url("/models/double/ready"))).status).toBe(503);
    expect((await act("load")).status).toBe(200);
    expect((await infer("double", [x(1)])).status).toBe(200);
  });
});
