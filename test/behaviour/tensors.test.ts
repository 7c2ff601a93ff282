import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { type App, fork, inline, isHoldfastError, thread } from "holdfast";
import { describe, expect, it, onTestFinished } from "vitest";
import { DEFAULT_SLAB_BYTES } from "../../src/defaults.js";
import { dtypes, layouts } from "../../src/protocol/dtypes.js";
import { Tensors } from "../actors/tensors.mjs";
import { Unsaved } from "../actors/unsaved.mjs";
import { scratch } from "./scratch.js";
import { failure, play } from "./stage.js";
import { until } from "./until.js";

const url = new URL("../actors/tensors.mjs", import.meta.url);
const used = (app: object) => (app as { tensors: { used: number } }).tensors.used;
const levels = [
  ["inline", () => inline(Tensors)],
  ["thread", () => thread<Tensors>(url)],
  ["fork", () => fork<Tensors>(url)],
] as const;

function filled(app: App<unknown>, value: number) {
  const tensor = app.tensor("float32", [2, 5000]);
  tensor.data.fill(value);
  return tensor;
}

function misused(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isHoldfastError(error, "TensorMisused")) return error.message;
    throw error;
  }
  return "nothing was thrown";
}

describe.each(levels)("a leased tensor, %s", (level, spec) => {
  it("is sent, comes back, is filled and sent again, and released", async () => {
    const { app, refs } = await play({ tensors: spec() });
    const tensor = filled(app, 1);
    for (let i = 1; i <= 20; i++) {
      tensor.data.fill(i);
      expect(await refs.tensors.ask.sum(tensor)).toBe(10_000 * i);
    }
    expect(used(app)).toBe(1);
    tensor.release();
    expect(used(app)).toBe(0);
  });

  it("arrives as a tensor of the same kind, whatever its dtype", async () => {
    const { app, refs } = await play({ tensors: spec() });
    for (const dtype of dtypes) {
      const tensor = app.tensor(dtype, [1, 3]);
      const facts = await refs.tensors.ask.facts(tensor);
      expect(facts).toMatchObject({ dtype, shape: [1, 3], kind: layouts[dtype].make.name });
      expect(facts.keys).toEqual(["dtype", "shape", "data"]);
      expect(facts.shared).toBe(level !== "fork");
      tensor.release();
    }
    expect(used(app)).toBe(0);
  });

  it("comes as a result, to be released by its caller", async () => {
    const { app, refs } = await play({ tensors: spec() });
    const tensor = filled(app, 3);
    for (let i = 0; i < 50; i++) {
      const result = await refs.tensors.ask.doubled(tensor);
      expect(result).toMatchObject({ dtype: "float32", shape: [2, 5000] });
      expect(result.data).toHaveLength(10_000);
      expect(result.data.every((x) => x === 6)).toBe(true);
      // It can be sent on, as one's own.
      expect(await refs.tensors.ask.sum(result)).toBe(60_000);
      result.release();
      expect(misused(() => result.data)).toMatch("after it was released");
    }
    tensor.release();
    expect(used(app)).toBe(0);
  });

  it("comes in a stream", async () => {
    const { refs } = await play({ tensors: spec() });
    let i = 0;
    for await (const part of refs.tensors.ask.counted(40)) {
      expect(part.data.every((x) => x === i)).toBe(true);
      part.release();
      i++;
    }
    expect(i).toBe(40);
  });

  it("is one in a result that has it twice, and is released once", async () => {
    const { app, refs } = await play({ tensors: spec() });
    const tensor = filled(app, 3);
    const [out, { again }] = await refs.tensors.ask.twice(tensor);
    expect(again).toBe(out);
    out.release();
    expect(misused(() => again.data)).toMatch("after it was released");
    tensor.release();
    expect(used(app)).toBe(0);
  });

  it("goes back where nobody reads on in the stream that brings it", async () => {
    const { app, refs } = await play({ tensors: spec() });
    for (let i = 0; i < 3; i++) {
      for await (const part of refs.tensors.ask.counted(40)) {
        part.release();
        break;
      }
    }
    // An inline actor's are the system's own; those of another host are in its memory.
    await until(() => used(app) === 0, "all slots free");
  });

  it("goes from actor to actor", async () => {
    const { refs } = await play({ tensors: spec(), other: thread<Tensors>(url) });
    expect(await refs.tensors.ask.through(refs.other, 2)).toEqual([10_000, 10_000]);
    expect(await refs.tensors.ask.misuse()).toBe("TensorMisused");
  });

  it("is redelivered with the message that its host's death did not blame", async () => {
    if (level === "inline") return;
    const { app, refs } = await play({ tensors: spec() });
    const marker = scratch("died-once");
    const tensor = filled(app, 9);
    expect(await refs.tensors.ask.crashOnce(tensor, marker)).toBe(9);
    expect(existsSync(marker)).toBe(true);
    // Its dying host may still have been at the first memory: the contents are here all the same.
    expect(tensor.data.every((x) => x === 9)).toBe(true);
    tensor.release();
    await until(() => used(app) === 0, "all slots free");
  });

  it("is back, and its memory free, where the start that it was delivered behind fails", async () => {
    if (level === "inline") return;
    const marker = scratch("fails-once");
    const make = level === "thread" ? thread<Tensors> : fork<Tensors>;
    const backoff = { initial: 1, max: 1 };
    const { app, refs } = await play({ tensors: make(url, { failsOnce: marker }, { backoff }) });
    writeFileSync(marker, "");
    const tensors = Array.from({ length: 4 }, () => filled(app, 1));
    const crashed = failure(refs.tensors.ask.boom());
    const sums = tensors.map((tensor) => refs.tensors.ask.sum(tensor));
    expect(await crashed).toMatchObject({ code: "HandlerFailed" });
    expect(await Promise.all(sums)).toEqual(tensors.map(() => 10_000));
    expect(existsSync(marker)).toBe(false);
    for (const tensor of tensors) tensor.release();
    await until(() => used(app) === 0, "all slots free");
  });

  it("is gone with a tell", async () => {
    const { app, refs } = await play({ tensors: spec() });
    const tensor = filled(app, 1);
    expect(refs.tensors.tell.sum(tensor)).toBe(true);
    const other = filled(app, 1);
    expect(refs.tensors.tell.doubled(other)).toBe(true);
    await refs.tensors.ask.misuse();
    expect(misused(() => tensor.data)).toMatch("after it was given away");
    await until(() => used(app) === 0, "all slots free");
  });
});

describe("what belongs to whom", () => {
  it("is its sender's again where a tell is refused", async () => {
    const { app, refs } = await play({ tensors: thread<Tensors>(url, undefined, { mailbox: { messages: 1 } }) });
    let tensor = filled(app, 1);
    while (refs.tensors.tell.sum(tensor)) tensor = filled(app, 1);
    // Nobody has it: it can be sent once more, and is released as ever.
    await until(() => used(app) === 1, "the others are over");
    expect(tensor.data.every((x) => x === 1)).toBe(true);
    expect(await refs.tensors.ask.sum(tensor)).toBe(10_000);
    tensor.release();
    expect(used(app)).toBe(0);
  });

  it.each([
    ["inline", () => inline(Unsaved)],
    ["thread", () => thread<Unsaved>(new URL("../actors/unsaved.mjs", import.meta.url))],
  ])("is nobody's when the snapshot that would go with a result throws: its memory is free, %s", async (_, spec) => {
    const { app, refs } = await play({ unsaved: spec() });
    const rounds = DEFAULT_SLAB_BYTES / (1 << 23) + 1;
    for (let i = 0; i < rounds; i++) {
      expect(await failure(refs.unsaved.ask.make())).toMatchObject({ code: "HandlerFailed" });
    }
    expect(used(app)).toBe(0);
    // In a host of its own the memory is its own slab's: it would be used up by now.
    expect(await refs.unsaved.ask.hasRoom()).toBe(true);
  });

  it("is said when it is confused", async () => {
    const { app, refs } = await play({ tensors: thread<Tensors>(url) });
    const tensor = filled(app, 1);
    const sum = refs.tensors.ask.sum(tensor);
    expect(misused(() => tensor.data)).toBe(
      "the tensor float32[2,5000]: its data was used while an ask has it: await the ask first, then it is yours again",
    );
    expect(misused(() => tensor.release())).toMatch("release() was called while an ask has it");
    expect(await failure(refs.tensors.ask.sum(tensor))).toMatchObject({ code: "TensorMisused" });
    await sum;
    tensor.release();
    expect(misused(() => tensor.release())).toMatch("release() was called after it was released");
    expect(await failure(refs.tensors.ask.sum(tensor))).toMatchObject({ code: "TensorMisused" });
    tensor[Symbol.dispose]();
    expect(() => app.tensor("float31" as "float32", [])).toThrow('the dtype "float31": give one of float32');
    expect(() => app.tensor("float32", [1, -1])).toThrow("the shape [1,-1]: give a list of whole numbers");
  });

  it("is the caller's again after a time-out, in other memory while the handler is still at it", async () => {
    const { app, refs } = await play({ tensors: thread<Tensors>(url) });
    const tensor = filled(app, 4);
    const before = tensor.data;
    expect(await failure(refs.tensors.ask.hang(tensor))).toMatchObject({ code: "ActorDied" });
    expect(tensor.data.buffer === before.buffer && tensor.data.byteOffset === before.byteOffset).toBe(false);
    expect(tensor.data.every((x) => x === 4)).toBe(true);
    tensor.release();
    await until(() => used(app) === 0, "all slots free");
  });

  it("is changed by a method that says so", async () => {
    const { app, refs } = await play({ tensors: thread<Tensors>(url) });
    const tensor = filled(app, 4);
    await refs.tensors.ask.negate(tensor);
    expect(tensor.data.every((x) => x === -4)).toBe(true);
    tensor.release();
  });

  it("is refused to a method that changes it where its sender would not see that", async () => {
    const { app, refs } = await play(
      { tensors: thread<Tensors>(url), here: inline(Tensors) },
      {},
      { memory: { sharedMb: 0 } },
    );
    const tensor = filled(app, 4);
    expect(await failure(refs.tensors.ask.negate(tensor))).toMatchObject({
      code: "InvalidValue",
      message: expect.stringContaining(
        "negate changes what it is lent, and the tensor float32[2,5000] is not in shared memory",
      ),
    });
    expect(tensor.data.every((x) => x === 4)).toBe(true);
    await refs.here.ask.negate(tensor);
    expect(tensor.data.every((x) => x === -4)).toBe(true);
    tensor.release();
  });

  it("is warned of when a method changes it and does not say so", async () => {
    const warnings: Error[] = [];
    const heard = (warning: Error) => warnings.push(warning);
    process.on("warning", heard);
    onTestFinished(() => void process.off("warning", heard));
    const { app, refs } = await play({ tensors: inline(Tensors) });
    const tensor = filled(app, 4);
    await refs.tensors.ask.negate(tensor);
    await refs.tensors.ask.secretly(tensor);
    tensor.release();
    await until(() => warnings.length > 0, "the warning");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ code: "HOLDFAST_TENSOR_CHANGED" });
    expect(warnings[0]!.message).toMatch("Tensors.secretly() wrote into a tensor that it was lent");
  });

  it("is taken back from who lost it, and told with the place where it was handed out", async () => {
    const { runInNewContext } = await import("node:vm");
    const { setFlagsFromString } = await import("node:v8");
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const warnings: Error[] = [];
    const heard = (warning: Error) => warnings.push(warning);
    process.on("warning", heard);
    onTestFinished(() => void process.off("warning", heard));
    const { app } = await play({ tensors: inline(Tensors) });
    let data: Float32Array | undefined = filled(app, 1).data;
    for (let i = 0; i < 5; i++) {
      collect();
      await pause(5);
    }
    // Whoever has the elements has the tensor.
    expect(used(app)).toBe(1);
    expect(data[0]).toBe(1);
    data = undefined;
    for (let i = 0; i < 200 && used(app) > 0; i++) {
      collect();
      await pause(5);
    }
    expect(used(app)).toBe(0);
    await until(() => warnings.length > 0, "the warning");
    expect(warnings[0]).toMatchObject({ code: "HOLDFAST_TENSOR_LOST" });
    expect(warnings[0]!.message).toMatch("tensors.test.ts");
  });

  it("is ordinary memory, copied when it is sent, where shared memory is used up", async () => {
    const { app, refs } = await play({ tensors: thread<Tensors>(url) });
    const all = Array.from({ length: 80 }, () => app.tensor("float32", [1 << 18]));
    expect(all.some(({ data }) => data.buffer instanceof ArrayBuffer)).toBe(true);
    expect(all.some(({ data }) => !(data.buffer instanceof ArrayBuffer))).toBe(true);
    const sums = all.map((tensor, i) => {
      tensor.data.fill(i);
      return refs.tensors.ask.sum(tensor);
    });
    expect(await Promise.all(sums)).toEqual(all.map((_, i) => i * (1 << 18)));
    for (const tensor of all) tensor.release();
    expect(used(app)).toBe(0);
  });
});
