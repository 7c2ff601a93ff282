import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LoadedModel, openModel, type Tensor } from "../../../src/serving/runtimes/onnx.js";
import { bundle } from "./bundle.js";
import { classifier, noNative } from "./native.js";

const runtimes = ["wasm", "native"] as const;
const skipped = (runtime: string) => (runtime === "native" ? noNative : undefined);

/** A picture that is different for every k. */
function picture(k: number): Tensor {
  const data = Float32Array.from({ length: 3 * 48 * 192 }, (_, i) => Math.sin(i * k));
  return { dtype: "float32", shape: [1, 3, 48, 192], data };
}

describe.each(runtimes)("a model on the %s runtime", (runtime) => {
  let model: LoadedModel;

  beforeAll(async () => {
    if (!skipped(runtime)) model = await openModel(classifier, { runtime });
  });
  afterAll(() => model?.release());

  const it = (name: string, run: () => Promise<void>) =>
    test(name, async ({ skip }) => {
      skip(skipped(runtime) !== undefined, skipped(runtime));
      await run();
    });

  it("tells its inputs and outputs, with null or a name for what varies", async () => {
    expect(model.runtime).toBe(runtime);
    const [input] = model.inputs;
    expect(input).toMatchObject({ name: "x", dtype: "float32" });
    expect(input!.shape).toHaveLength(4);
    expect(input!.shape[1]).toBe(3);
    expect(typeof input!.shape[0]).toBe("string");
    expect(model.outputs[0]!.shape.at(-1)).toBe(2);
  });

  it("answers overlapping runs as it answers them one by one", async () => {
    const alone: unknown[] = [];
    for (let k = 1; k <= 5; k++) alone.push(await model.run({ x: picture(k) }));
    expect(new Set(alone.map((answer) => JSON.stringify(answer))).size).toBe(5);
    expect(await Promise.all([1, 2, 3, 4, 5].map((k) => model.run({ x: picture(k) })))).toEqual(alone);
  });

  it("refuses what does not fit its inputs, naming both, and goes on", async () => {
    const refused = async (feeds: Record<string, unknown>, message: RegExp) => {
      const run = model.run(feeds as Record<string, Tensor>);
      await expect(run).rejects.toMatchObject({ code: "InvalidValue", message: expect.stringMatching(message) });
    };
    const x = picture(1);
    await refused({}, /"x" float32\[.*3.*\] is missing/);
    await refused({ x, y: x }, /no input "y": its inputs are "x"/);
    await refused({ x: { ...x, shape: [1, 4, 36, 192] } }, /has shape \[1, 4, 36, 192\]: the model wants "x"/);
    await refused({ x: { ...x, shape: [3, 48, 192] } }, /has shape \[3, 48, 192\]/);
    await refused({ x: { ...x, shape: [1, 3, 48, 100] } }, /14400 elements, and 27648 in its data/);
    await refused({ x: { ...x, shape: [1, 3, -48, 192] } }, /whole numbers >= 0/);
    await refused({ x: { ...x, dtype: "float64" } }, /float64 but its data is Float32Array: give Float64Array/);
    await refused({ x: { dtype: "int32", shape: x.shape, data: new Int32Array(27648) } }, /is int32: the model wants/);
    await refused({ x: { ...x, dtype: "string" } }, /is string but its data is an object: give a list of texts/);
    await expect(model.run({ x })).resolves.toHaveProperty([model.outputs[0]!.name, "shape"], [1, 2]);
  });

  it("is released after the runs that were asked for, once and for all", async () => {
    const other = await openModel(readFileSync(classifier), { runtime });
    const last = other.run({ x: picture(1) });
    await Promise.all([other.release(), other.release()]);
    await expect(last).resolves.toBeDefined();
    await expect(other.run({ x: picture(1) })).rejects.toMatchObject({ code: "ActorStopped" });
  });

  it("says that bytes are not a model, and that a file is not there", async () => {
    const junk = openModel(new Uint8Array(100), { runtime });
    await expect(junk).rejects.toMatchObject({ code: "StartFailed", message: expect.stringContaining("100 bytes") });
    const absent = openModel("/no/such.onnx", { runtime });
    await expect(absent).rejects.toMatchObject({
      code: "StartFailed",
      message: expect.stringContaining("/no/such.onnx"),
    });
  });
});

test("both runtimes give the same answers within 1e-5", async ({ skip }) => {
  skip(noNative !== undefined, noNative);
  const [wasm, native] = await Promise.all(runtimes.map((runtime) => openModel(classifier, { runtime })));
  for (let k = 1; k <= 5; k++) {
    const [a, b] = await Promise.all([wasm!, native!].map((model) => model.run({ x: picture(k) })));
    const name = wasm!.outputs[0]!.name;
    for (const [i, value] of a![name]!.data.entries()) {
      expect(Math.abs(Number(value) - Number(b![name]!.data[i]))).toBeLessThan(1e-5);
    }
  }
  await Promise.all([wasm!.release(), native!.release()]);
});

test("an unknown runtime is quoted", async () => {
  const opened = openModel(classifier, { runtime: "gpu" as "wasm" });
  await expect(opened).rejects.toMatchObject({ code: "InvalidSpec", message: expect.stringContaining('"gpu"') });
});

test("auto takes native where it is safe", async ({ skip }) => {
  skip(noNative !== undefined, noNative);
  const model = await openModel(classifier);
  expect(model.runtime).toBe("native");
  await model.release();
});

test("in a worker thread native refuses and says fork(), auto takes WASM, and a run can be cut off", async () => {
  const program = await bundle(
    `import { parentPort } from "node:worker_threads";
     import { openModel } from "./src/serving/runtimes/onnx.ts";
     const path = ${JSON.stringify(classifier)};
     const refused = await openModel(path, { runtime: "native" }).catch(({ code, message }) => ({ code, message }));
     const model = await openModel(path);
     parentPort.postMessage({ refused, auto: model.runtime });
     for (;;) await model.run({ x: { dtype: "float32", shape: [8, 3, 48, 192], data: new Float32Array(8 * 27648) } });`,
    fileURLToPath(new URL("../../../node_modules/", import.meta.url)),
  );
  const worker = new Worker(program.path);
  try {
    const { refused, auto } = await new Promise<{ refused: { code: string; message: string }; auto: string }>(
      (resolve, reject) => worker.once("message", resolve).once("error", reject),
    );
    expect(refused).toMatchObject({ code: "InvalidSpec", message: expect.stringContaining("use fork()") });
    expect(auto).toBe("wasm");
  } finally {
    await worker.terminate();
    await program.remove();
  }
});

test("where no runtime is installed, the error is the line to type", async () => {
  const program = await bundle(
    `import { openModel } from "./src/serving/runtimes/onnx.ts";
     import { Speech } from "./src/serving/models/speech.ts";
     import { loadPngDecoder } from "./src/serving/models/png.ts";
     const error = (work) => work.then(() => "none", ({ code, message }) => code + ": " + message);
     const model = ${JSON.stringify(classifier)};
     console.log(JSON.stringify({
       wasm: await error(openModel(model, { runtime: "wasm" })),
       native: await error(openModel(model, { runtime: "native" })),
       auto: await error(openModel(model)),
       speech: await error(Speech.load({})),
       png: await error(loadPngDecoder()),
     }));`,
    tmpdir(),
  );
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [program.path], { cwd: tmpdir() });
    const said = JSON.parse(stdout) as Record<string, string>;
    for (const text of Object.values(said)) expect(text).toMatch(/^MissingPeer: .* is not installed/);
    expect(said.wasm).toContain("npm i onnxruntime-web");
    for (const text of [said.native, said.auto]) {
      expect(text).toContain("npm i onnxruntime-node");
      expect(text).toContain("onnxruntime-node-install=skip");
      expect(text).toContain('"allowScripts": { "onnxruntime-node": false }');
    }
    expect(said.auto).toContain("npm i onnxruntime-web");
    expect(said.speech).toContain("npm i @ricky0123/vad-web");
    expect(said.png).toContain("npm i fast-png");
  } finally {
    await program.remove();
  }
});
