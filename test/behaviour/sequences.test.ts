import { type App, isHoldfastError, supervisor, system } from "holdfast";
import { type ModelAnswer, type ModelOptions, model } from "holdfast/serving";
import { afterEach, describe, expect, it } from "vitest";
import { makeOnnx } from "../unit/serving/make-onnx.js";

const apps: App<unknown>[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.stop();
});

const summing = new URL("../actors/summing.mjs", import.meta.url);
/** x + state is the sum, and the next state. */
const adder = makeOnnx(
  [
    { op: "Add", inputs: ["x", "state"], outputs: ["next"] },
    { op: "Identity", inputs: ["next"], outputs: ["sum"] },
  ],
  [
    { name: "x", dtype: "float32", shape: [1] },
    { name: "state", dtype: "float32", shape: [1] },
  ],
  [
    { name: "sum", dtype: "float32", shape: [1] },
    { name: "next", dtype: "float32", shape: [1] },
  ],
);
const kept = { state: { next: "state" } };

async function serve(source: URL | Uint8Array, options: ModelOptions) {
  const app = await system(supervisor({}, { sums: model(source, options) }));
  apps.push(app);
  const ref = app.refs.sums;
  const ask = (key: string, x: number, parameters = {}): Promise<ModelAnswer> =>
    ref.with({ key }).ask.infer({
      inputs: { x: { dtype: "float32", shape: [1], data: Float32Array.of(x) } },
      parameters: { sequence_id: key, ...parameters },
    });
  const sum = async (...given: Parameters<typeof ask>) => (await ask(...given)).outputs.sum!.data[0];
  return { app, ref, ask, sum };
}

const start = { sequence_start: true };
const end = { sequence_end: true };
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (isHoldfastError(error) ? `${error.code}: ${error.message}` : String(error)),
  );
const notUnderWay = 'InvalidValue: sequence "a" is not under way, or its state was lost: set sequence_start';

describe.each([
  ["an ONNX model", adder, { runtime: "wasm", sequences: kept }],
  ["a function", summing, { sequences: {} }],
] as const)("%s that keeps sequences", (_, source, options) => {
  it("has a state for each, from its start to its end", async () => {
    const { sum, ref } = await serve(source, options);
    expect(await sum("a", 1, start)).toBe(1);
    expect(await sum("b", 10, start)).toBe(10);
    expect(await sum("a", 2)).toBe(3);
    expect(await sum("b", 20)).toBe(30);
    expect(await sum("a", 3, end)).toBe(6);
    expect(await failure(sum("a", 4))).toContain(notUnderWay);
    expect(await sum("a", 5, start)).toBe(5);
    expect(await sum("a", 6, start)).toBe(6);
    expect(await sum("b", 30)).toBe(60);
    const { inputs, outputs, stateful } = await ref.with({ key: "a" }).ask.describe();
    expect([stateful, inputs.map(({ name }) => name), outputs[0]!.name]).toEqual([true, ["x"], "sum"]);
  });

  it("refuses a request that no start came before", async () => {
    const { sum } = await serve(source, options);
    expect(await failure(sum("a", 1))).toContain(notUnderWay);
    expect(await failure(sum("a", 1, end))).toContain(notUnderWay);
  });

  it("begins and ends with one request as well", async () => {
    const { sum } = await serve(source, options);
    expect(await sum("a", 7, { ...start, ...end })).toBe(7);
    expect(await failure(sum("a", 1))).toContain(notUnderWay);
  });
});

describe("a death in the middle of a sequence", () => {
  it("costs one of an ONNX model nothing: what it left was kept", async () => {
    const { app, sum } = await serve(adder, { runtime: "wasm", sequences: kept });
    let expected = 0;
    for (let i = 1; i <= 12; i++) {
      expected += i;
      const [answer] = await Promise.all([
        sum("a", i, i === 1 ? start : {}),
        i % 4 === 0 && app.kill("sums", { key: "a" }),
      ]);
      expect(answer).toBe(expected);
    }
    expect(app.reports().length).toBeGreaterThan(0);
  });

  it("is never taken for a fresh start: one of a function is refused until it begins anew", async () => {
    const { ask, sum } = await serve(summing, { sequences: {} });
    expect(await sum("a", 1, start)).toBe(1);
    expect(await failure(ask("a", 2, { exit: true }))).toContain("ActorDied");
    expect(await failure(sum("a", 2))).toContain(notUnderWay);
    expect(await sum("a", 2, start)).toBe(2);
  });
});

describe("what no sequence can be", () => {
  it.each([
    [
      "an ONNX model without a state",
      adder,
      { runtime: "wasm", sequences: {} },
      "say which outputs are the next inputs",
    ],
    ["a state that the model has not", adder, { runtime: "wasm", sequences: { state: { next: "y" } } }, 'no input "y"'],
    [
      "a function without sequence()",
      new URL("../actors/shout.mjs", import.meta.url),
      { sequences: {} },
      "no sequence()",
    ],
  ] as const)("does not start: %s", async (_, source, options, problem) => {
    expect(await failure(serve(source, options))).toContain(problem);
  });

  it("is refused before it starts: batching, and options that are none", () => {
    expect(() => model(adder, { sequences: kept, batching: { max: 4 } })).toThrow(
      "model.batching is said beside sequences",
    );
    expect(() => model(adder, { sequences: { state: {} } })).toThrow("model.sequences.state is an object");
    expect(() => model(adder, { sequences: { ttl: 5 } as never })).toThrow('model.sequences has no option "ttl"');
  });

  it("gives and takes no state over the border", async () => {
    const { ref } = await serve(adder, { runtime: "wasm", sequences: kept });
    const one = { dtype: "float32" as const, shape: [1], data: Float32Array.of(1) };
    const asked = ref.with({ key: "a" }).ask;
    const parameters = { sequence_start: true };
    expect(await failure(asked.infer({ inputs: { x: one, state: one }, parameters }))).toContain('input "state" is');
    expect(await failure(asked.infer({ inputs: { x: one }, outputs: ["next"], parameters }))).toContain(
      'output "next" is',
    );
    const { outputs } = await asked.infer({ inputs: { x: one }, outputs: ["sum"], parameters });
    expect(Object.keys(outputs)).toEqual(["sum"]);
  });
});
