import { describe, expect, test } from "vitest";
import { type LoadedModel, type ModelTensor, openModel } from "../../../src/serving/runtimes/onnx.js";
import { makeOnnx } from "./make-onnx.js";
import { noNative } from "./native.js";

const echo = makeOnnx(
  [
    { op: "Identity", inputs: ["texts"], outputs: ["same"] },
    { op: "Identity", inputs: ["flags"], outputs: ["kept"] },
  ],
  [
    { name: "texts", dtype: "string", shape: ["batch", ""] },
    { name: "flags", dtype: "bool", shape: ["batch"] },
  ],
  [
    { name: "same", dtype: "string", shape: ["batch", ""] },
    { name: "kept", dtype: "bool", shape: ["batch"] },
  ],
);

const flags = (...values: number[]): ModelTensor => ({
  dtype: "bool",
  shape: [values.length],
  data: Uint8Array.from(values),
});
const texts = (shape: number[], ...data: (string | Uint8Array)[]): ModelTensor => ({ dtype: "string", shape, data });

describe.each(["wasm", "native"] as const)("tensors of a model on the %s runtime", (runtime) => {
  const it = (name: string, run: (model: LoadedModel) => Promise<void>) =>
    test(name, async ({ skip }) => {
      skip(runtime === "native" && noNative !== undefined, noNative);
      const model = await openModel(echo, { runtime });
      try {
        await run(model);
      } finally {
        await model.release();
      }
    });

  it("takes and gives texts, and bytes as the text they are", async (model) => {
    const bytes = new TextEncoder().encode("\ufeffzwei");
    const answer = await model.run({ texts: texts([1, 3], "eins 😀", bytes, ""), flags: flags(1) });
    expect(answer).toEqual({ same: texts([1, 3], "eins 😀", "\ufeffzwei", ""), kept: flags(1) });
  });

  it("describes itself, and says why it runs there only where that was chosen", async (model) => {
    expect(model.describe()).toEqual({
      runtime,
      platform: "onnxruntime_onnx",
      inputs: [
        { name: "texts", dtype: "string", shape: ["batch", null] },
        { name: "flags", dtype: "bool", shape: ["batch"] },
      ],
      outputs: [
        { name: "same", dtype: "string", shape: ["batch", null] },
        { name: "kept", dtype: "bool", shape: ["batch"] },
      ],
    });
  });

  it("answers the outputs that are wanted, in that order", async (model) => {
    const feeds = { texts: texts([2, 1], "a", "b"), flags: flags(0, 1) };
    expect(Object.keys(await model.run(feeds, ["kept"]))).toEqual(["kept"]);
    expect(Object.keys(await model.run(feeds, ["kept", "same"]))).toEqual(["kept", "same"]);
    expect(Object.keys(await model.run(feeds, []))).toEqual(["same", "kept"]);
    expect((await model.infer({ inputs: feeds, outputs: ["same"] })).outputs).toEqual({ same: feeds.texts });
  });

  it("refuses by name what is wrong with texts, outputs and sizes of one name", async (model) => {
    const good = { texts: texts([2, 1], "a", "b"), flags: flags(0, 1) };
    const refused = async (feeds: Record<string, unknown>, message: RegExp, outputs?: string[]) => {
      const run = model.run({ ...good, ...feeds } as Record<string, ModelTensor>, outputs);
      await expect(run).rejects.toMatchObject({ code: "InvalidValue", message: expect.stringMatching(message) });
    };
    await refused({ flags: flags(1) }, /"flags" has shape \[1\], where batch is 1, and 2 in input "texts"/);
    await refused({ texts: texts([2, 1], "a") }, /2 elements, and 1 in its data/);
    await refused({ texts: texts([2, 1], "a", new Uint8Array([0xff])) }, /bytes as element 1 that are no UTF-8/);
    await refused({ texts: { dtype: "string", shape: [2, 1], data: ["a", 7] } }, /has 7 as element 1: give text/);
    await refused({ texts: { dtype: "string", shape: [2, 1], data: "ab" } }, /its data is "ab": give a list of texts/);
    await refused({ texts: null }, /"texts" has dtype undefined: give one of/);
    await refused({}, /no output "sme": its outputs are same, kept/, ["sme"]);
    await refused({}, /output "kept" is asked for twice/, ["kept", "kept"]);
    await expect(model.run(good)).resolves.toHaveProperty("kept");
  });
});

test("NaN is refused where that was asked for, in every type of floats, and sizes go uncompared where that was", async () => {
  const ports = (["float32", "float64", "float16"] as const).map((dtype) => ({ name: dtype, dtype, shape: ["n"] }));
  const outputs = ports.map((port) => ({ ...port, name: `${port.name}s` }));
  const nodes = ports.map(({ name }) => ({ op: "Identity", inputs: [name], outputs: [`${name}s`] }));
  const model = await openModel(makeOnnx(nodes, ports, outputs), { runtime: "wasm", nan: "refuse", dims: "free" });
  const good: Record<string, ModelTensor> = {
    float32: { dtype: "float32", shape: [2], data: Float32Array.of(1, Number.POSITIVE_INFINITY) },
    float64: { dtype: "float64", shape: [1], data: Float64Array.of(1) },
    float16: { dtype: "float16", shape: [3], data: Uint16Array.of(0x3c00, 0x7c00, 0xfc00) },
  };
  const bad: Record<string, ModelTensor> = {
    float32: { dtype: "float32", shape: [2], data: Float32Array.of(1, Number.NaN) },
    float64: { dtype: "float64", shape: [1], data: Float64Array.of(Number.NaN) },
    float16: { dtype: "float16", shape: [3], data: Uint16Array.of(0, 0, 0xfe00) },
  };
  try {
    expect(await model.run(good)).toMatchObject({ float32s: good.float32, float16s: good.float16 });
    for (const [name, tensor] of Object.entries(bad)) {
      const message = expect.stringContaining(`input "${name}" has NaN as element ${tensor.shape[0]! - 1}`);
      await expect(model.run({ ...good, [name]: tensor })).rejects.toMatchObject({ code: "InvalidValue", message });
    }
  } finally {
    await model.release();
  }
});
