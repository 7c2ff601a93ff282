import { describe, expect, it } from "vitest";
import { pickRuntime, type Wish } from "../../../../src/serving/model/pick-runtime.js";

const both = { native: true, wasm: true };
const wasmAlone = { native: false, wasm: true };
const neither = { native: false, wasm: false };
const wish = (given: Partial<Wish>): Wish => ({ runtime: "auto", isolation: undefined, source: "m.onnx", ...given });

describe("where a model runs", () => {
  it.each([
    ["native is installed", {}, both, "auto fork"],
    ["only WASM is", {}, wasmAlone, "wasm thread: onnxruntime-node is not installed"],
    ["nothing is, and WASM was said", { runtime: "wasm" }, neither, "wasm thread"],
    ["a thread was said", { isolation: "thread" }, both, "wasm thread: native code is not run in a worker thread"],
    [
      "a process was said, without native",
      { isolation: "fork" },
      wasmAlone,
      "wasm fork: onnxruntime-node is not installed",
    ],
    ["inline was said", { isolation: "inline" }, both, "auto inline"],
    ["native was said", { runtime: "native" }, both, "native fork"],
    ["WASM was said, in a process", { runtime: "wasm", isolation: "fork" }, both, "wasm fork"],
    ["it is a module", { source: "/m/rule.mjs" }, neither, "function thread"],
    ["it is a module in TypeScript, in a process", { source: "rule.ts", isolation: "fork" }, both, "function fork"],
    ["a function was said", { runtime: "function", source: "data:text/javascript,1" }, both, "function thread"],
  ] as const)("where %s", (_, given, installed, picked) => {
    const { runtime, isolation, why } = pickRuntime(wish(given), installed);
    expect(`${runtime} ${isolation}${why === undefined ? "" : `: ${why}`}`).toBe(picked);
  });

  it("refuses native code in a thread, and tells what to write", () => {
    const pick = () => pickRuntime(wish({ runtime: "native", isolation: "thread" }), both);
    expect(pick).toThrow(/m\.onnx is to run native in a thread.*give isolation "fork", or runtime "wasm"/);
  });

  it("prints the lines to type where no runtime is installed", () => {
    const pick = () => pickRuntime(wish({}), neither);
    expect(pick).toThrow(/npm i onnxruntime-node .* npm i onnxruntime-web/);
  });
});
