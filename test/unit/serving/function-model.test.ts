import { describe, expect, it } from "vitest";
import type { LoadedModel, ModelTensor } from "../../../src/serving/runtimes/model.js";
import { openFunction } from "../../../src/serving/runtimes/open-function.js";

const open = (code: string, props?: unknown): Promise<LoadedModel> =>
  openFunction({ url: `data:text/javascript,${encodeURIComponent(code)}`, props });
const floats = (...data: number[]): ModelTensor => ({
  dtype: "float32",
  shape: [data.length],
  data: Float32Array.from(data),
});

const scale = `
  export function load({ by }) {
    return {
      inputs: [{ name: "x", dtype: "float32", shape: ["n"] }, { name: "y", dtype: "float32", shape: ["n"] }],
      outputs: [{ name: "scaled", dtype: "float32", shape: ["n"] }, { name: "sum", dtype: "float32", shape: [] }],
      async run({ inputs: { x, y }, parameters }) {
        const data = x.data.map((value, i) => by * (value + y.data[i]));
        const sum = Float32Array.of(data.reduce((a, b) => a + b, 0));
        return {
          outputs: { scaled: { ...x, data }, sum: { dtype: "float32", shape: [], data: sum } },
          parameters: { seen: String(parameters?.name) },
        };
      },
    };
  }`;

describe("a function as a model", () => {
  it("is loaded with its props, answers what it is asked for, and passes parameters both ways", async () => {
    const model = await open(scale, { by: 2 });
    expect(model.describe()).toMatchObject({ runtime: "function", platform: "holdfast_function" });
    const inputs = { x: floats(1, 2), y: floats(3, 4) };
    expect(await model.run(inputs)).toMatchObject({ scaled: floats(8, 12), sum: { data: Float32Array.of(20) } });
    const answer = await model.infer({ inputs, outputs: ["sum"], parameters: { name: "ada" } });
    expect(Object.keys(answer.outputs)).toEqual(["sum"]);
    expect(answer.parameters).toEqual({ seen: "ada" });
  });

  it("is held to what it declares, its caller too", async () => {
    const model = await open(scale, { by: 1 });
    const refused = (inputs: Record<string, ModelTensor>, outputs?: string[]) =>
      model.run(inputs, outputs).catch(({ code, message }) => `${code}: ${message}`);
    expect(await refused({ x: floats(1) })).toMatch(/^InvalidValue: input "y" float32\[n\] is missing/);
    expect(await refused({ x: floats(1), y: floats(1, 2) })).toMatch(/n is 2, and 1 in input "x"/);
    expect(await refused({ x: floats(1), y: floats(1) }, ["total"])).toMatch(/no output "total"/);
  });

  it("may declare nothing, and export its run alone", async () => {
    const model = await open(`export const run = ({ inputs }) => ({ outputs: { ...inputs } });`);
    expect(model.describe()).toMatchObject({ inputs: [], outputs: [] });
    const texts: ModelTensor = { dtype: "string", shape: [1], data: ["ja"] };
    expect(await model.run({ texts, x: floats(1) })).toEqual({ texts, x: floats(1) });
    expect(Object.keys(await model.run({ texts, x: floats(1) }, ["x"]))).toEqual(["x"]);
    const absent = model.run({ texts }, ["x"]);
    await expect(absent).rejects.toMatchObject({
      code: "InvalidValue",
      message: expect.stringMatching(/no output "x".*texts/),
    });
    const bad = model.run({ x: { ...floats(1), shape: [2] } as ModelTensor });
    await expect(bad).rejects.toMatchObject({
      code: "InvalidValue",
      message: expect.stringMatching(/input "x" has shape \[2\]/),
    });
  });

  it("may be a default export, and is told when nobody waits any more", async () => {
    const model = await open(`export default {
      run: (_, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    };`);
    const caller = new AbortController();
    const answer = model.infer({ inputs: {} }, caller.signal);
    caller.abort(new Error("gone"));
    await expect(answer).rejects.toThrow("gone");
  });

  it("throws as it throws, and is released once", async () => {
    const model = await open(`
      let released = 0;
      export function run({ inputs: { x } }) { if (x.data[0] < 0) throw new RangeError("below zero"); return { outputs: { released: { dtype: "int32", shape: [], data: Int32Array.of(released) } } }; }
      export function release() { released += 1; if (released > 1) throw new Error("twice"); }`);
    await expect(model.run({ x: floats(-1) })).rejects.toThrow(RangeError);
    await expect(model.run({ x: floats(1) })).resolves.toMatchObject({ released: { data: Int32Array.of(0) } });
    await Promise.all([model.release(), model.release()]);
    await expect(model.run({ x: floats(1) })).rejects.toMatchObject({ code: "ActorStopped" });
  });

  it.each([
    ["nothing", "{}", /answered an object without outputs: return \{ outputs/],
    [
      "no tensor",
      '{ outputs: { y: { dtype: "float32", shape: [2], data: Float32Array.of(1) } } }',
      /what is no tensor: output "y" has shape \[2\]/,
    ],
    [
      "another type",
      '{ outputs: { y: { dtype: "int8", shape: [1], data: Int8Array.of(1) } } }',
      /"y" as int8\[1\], but declares "y" float32\[n\]/,
    ],
    [
      "another rank",
      '{ outputs: { y: { dtype: "float32", shape: [], data: Float32Array.of(1) } } }',
      /as float32\[\], but declares/,
    ],
    [
      "another output",
      '{ outputs: { z: { dtype: "float32", shape: [], data: Float32Array.of(1) } } }',
      /no output "y": its outputs are z/,
    ],
  ])("has itself to blame where it answers %s", async (_, answer, message) => {
    const model = await open(
      `export const outputs = [{ name: "y", dtype: "float32", shape: ["n"] }]; export const run = () => (${answer});`,
    );
    const error: unknown = await model.run({}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "Error", message: expect.stringMatching(message) });
  });

  it.each([
    ["export const x = 1;", /it exports no run\(\): write "export function run/],
    ["export const load = () => 7;", /its load\(\) gives no run\(\)/],
    ["export const load = () => { throw new Error('no disk'); };", /no disk/],
    ["export const run = 1;", /it exports no run\(\)/],
    ["export const run = () => {}; export const inputs = {};", /inputs is an object: give a list/],
    ["export const run = () => {}; export const inputs = [null];", /inputs\[0\]\.name is undefined/],
    [
      "export const run = () => {}; export const inputs = [{ name: 'x', dtype: 'f32' }];",
      /dtype is "f32": give one of/,
    ],
    [
      "export const run = () => {}; export const outputs = [{ name: 'x', dtype: 'bool', shape: [-1] }];",
      /outputs\[0\]\.shape/,
    ],
    [
      "const x = { name: 'x', dtype: 'bool', shape: [] }; export const run = () => {}; export const inputs = [x, x];",
      /inputs\[1\]\.name is "x" again/,
    ],
    ["export const run = () => {}; export const release = 1;", /release is 1: give a function/],
    ["syntax error", /is no model/],
  ])("is refused where it is none: %s", async (code, message) => {
    await expect(open(code)).rejects.toMatchObject({ code: "StartFailed", message: expect.stringMatching(message) });
  });

  it("is refused where it is not there", async () => {
    const absent = openFunction({ url: "file:///no/such/rule.mjs" });
    await expect(absent).rejects.toMatchObject({
      code: "StartFailed",
      message: expect.stringContaining("/no/such/rule.mjs"),
    });
  });
});
