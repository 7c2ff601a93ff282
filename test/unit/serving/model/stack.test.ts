import { describe, expect, it } from "vitest";
import { notBatched, rowsOf, split, stacked, stackKey } from "../../../../src/serving/model/stack.js";
import type { ModelRequest, ModelTensor } from "../../../../src/serving/runtimes/model.js";

const floats = (shape: number[], ...data: number[]): ModelTensor => ({
  dtype: "float32",
  shape,
  data: Float32Array.from(data),
});
const texts = (...data: (string | Uint8Array)[]): ModelTensor => ({ dtype: "string", shape: [data.length], data });
const request = (inputs: Record<string, ModelTensor>, more: Partial<ModelRequest> = {}): ModelRequest => ({
  inputs,
  ...more,
});

describe("requests that run together", () => {
  it("come back as they went, whatever their sizes and types", () => {
    const bytes = Uint8Array.of(0xff);
    const requests = [
      request({ x: floats([1, 2], 1, 2), t: texts("a") }),
      request({ x: floats([2, 2], 3, 4, 5, 6), t: texts("b", bytes) }),
      request({ t: texts("d"), x: floats([1, 2], 7, 8) }),
    ];
    const whole = stacked(requests);
    expect({ ...whole.inputs }).toEqual({
      x: floats([4, 2], 1, 2, 3, 4, 5, 6, 7, 8),
      t: texts("a", "b", bytes, "d"),
    });
    const parts = split(
      { outputs: whole.inputs, parameters: { by: "m" } },
      requests.map((one) => rowsOf(one)!),
    );
    expect(parts).toEqual(requests.map(({ inputs }) => ({ outputs: inputs, parameters: { by: "m" } })));
  });

  it("keep an answer of its own each: no part is a view of the whole", () => {
    const whole = floats([2, 1], 1, 2);
    const [first] = split({ outputs: { y: whole } }, [1, 1]);
    expect((first!.outputs.y!.data as Float32Array).buffer.byteLength).toBe(4);
  });

  it("are alike but for the outermost size", () => {
    const key = stackKey(request({ x: floats([1, 2], 1, 2), y: floats([1], 1) }));
    expect(stackKey(request({ y: floats([3], 1, 2, 3), x: floats([3, 2], 1, 2, 3, 4, 5, 6) }))).toBe(key);
    const others = [
      request({ x: floats([1, 3], 1, 2, 3), y: floats([1], 1) }),
      request({ x: floats([1, 2], 1, 2) }),
      request({ x: floats([1, 2], 1, 2), y: texts("1") }),
      request({ x: floats([1, 2], 1, 2), y: floats([1], 1) }, { outputs: ["z"] }),
      request({ x: floats([1, 2], 1, 2), y: floats([1], 1) }, { parameters: { top: 1 } }),
    ];
    expect(new Set([key, ...others.map(stackKey)]).size).toBe(others.length + 1);
  });

  it("have as many rows each as all their inputs", () => {
    expect(rowsOf(request({ x: floats([3, 0]), y: floats([3], 1, 2, 3) }))).toBe(3);
    expect(rowsOf(request({ x: floats([3], 1, 2, 3), y: floats([1], 1) }))).toBeUndefined();
    expect(rowsOf(request({ x: floats([0]) }))).toBeUndefined();
    expect(rowsOf(request({ x: floats([], 1) }))).toBeUndefined();
    expect(rowsOf(request({}))).toBeUndefined();
  });

  it("are no matter for a port whose outermost size is fixed", () => {
    const free = { name: "x", dtype: "float32", shape: [null, 3] };
    const named = { name: "y", dtype: "float32", shape: ["n"] };
    const fixed = { name: "z", dtype: "float32", shape: [1, 3] };
    const scalar = { name: "s", dtype: "float32", shape: [] };
    expect(notBatched([free, named])).toBeUndefined();
    expect(notBatched([free, fixed])).toBe(fixed);
    expect(notBatched([scalar])).toBe(scalar);
  });

  it("cannot be told apart where an output has other rows", () => {
    const answer = { outputs: { y: floats([3], 1, 2, 3) } };
    expect(() => split(answer, [1, 1])).toThrow(/output "y" has shape \[3\] for 2 stacked items/);
  });
});
