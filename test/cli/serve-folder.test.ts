import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeOnnx } from "../unit/serving/make-onnx.js";
import { startsInTests } from "./command-line.js";

const start = startsInTests();
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-serve-folder-"));
  const port = (name: string) => ({ name, dtype: "float32" as const, shape: ["n"] });
  const doubler = makeOnnx([{ op: "Add", inputs: ["x", "x"], outputs: ["y"] }], [port("x")], [port("y")]);
  mkdirSync(join(folder, "models/double/3"), { recursive: true });
  writeFileSync(join(folder, "models/double/3/model.onnx"), doubler);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const asked = { inputs: [{ name: "x", datatype: "FP32", shape: [2], data: [1, 2] }] };

/** Loads, answers over V2, and ends cleanly at Ctrl-C. */
async function serves(source: string): Promise<void> {
  const server = start(["serve", source, "--port", "0"]);
  const [, url] = await server.says(/models +(http:\S+)/);
  await server.says(/^model double\/3 is READY$/m);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  const answer = await fetch(`${url}/models/double/infer`, { method: "POST", body: JSON.stringify(asked) });
  expect(await answer.json()).toMatchObject({ model_version: "3", outputs: [{ name: "y", data: [2, 4] }] });
  server.child.kill("SIGINT");
  expect((await server.finished).code).toBe(0);
}

it("serve takes a folder of models: the V2 door opens by itself, and each step of a model is told", async () => {
  await serves(join(folder, "models"));
});

it("serve takes a config with models and no actors", async () => {
  const config = join(folder, "models.config.mjs");
  const door = JSON.stringify(resolve("dist/index.js"));
  const models = JSON.stringify({ folder: join(folder, "models"), models: { double: { runtime: "wasm" } } });
  writeFileSync(
    config,
    `import { supervisor } from ${door};\nexport default { tree: supervisor({}, {}), expose: {}, models: ${models} };\n`,
  );
  await serves(config);
});
