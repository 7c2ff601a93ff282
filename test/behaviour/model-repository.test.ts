import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, supervisor, system } from "holdfast";
import { type ModelEvent, type ModelsOptions, openModels, type ServedModels } from "holdfast/serving";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeOnnx } from "../unit/serving/make-onnx.js";

let root: string;
let folder: string;
let app: App;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "holdfast-repository-"));
  folder = join(root, "models");
  mkdirSync(folder);
  app = await system(supervisor({}, {}));
});

afterEach(async () => {
  await app.stop({ drain: 0 });
  rmSync(root, { recursive: true, force: true });
});

/** Multiplies; `does` is run before each answer. */
function times(factor: number, does = ""): string {
  return `
    export const inputs = [{ name: "x", dtype: "float32", shape: [null] }];
    export const outputs = [{ name: "y", dtype: "float32", shape: [null] }];
    export async function run({ inputs: { x } }) {
      ${does}
      return { outputs: { y: { dtype: "float32", shape: x.shape, data: x.data.map((value) => value * ${factor}) } } };
    }`;
}

function put(version: number, text: string | Uint8Array, file = "model.mjs"): void {
  mkdirSync(join(folder, "times", String(version)), { recursive: true });
  writeFileSync(join(folder, "times", String(version), file), text);
}

const request = { inputs: { x: { dtype: "float32" as const, shape: [2], data: new Float32Array([1, 2]) } } };

async function ask(models: ServedModels, version?: string, timeout = 20_000): Promise<[string, number]> {
  const answer = await models.infer("times", version, request, { timeout });
  return [answer.version, Number(answer.outputs.y!.data[1])];
}

/** Nothing is looked at by itself: each test says when. */
function open(options: ModelsOptions = {}): Promise<ServedModels> {
  return openModels(app, {
    folder,
    poll: false,
    settle: 20,
    staging: root,
    models: { times: { idempotent: true, pool: { size: 1 } } },
    ...options,
  });
}

const states = (models: ServedModels) =>
  Object.fromEntries(models.index().map(({ name, version, state }) => [`${name}/${version}`, state]));

/** Asks, several at once, until it is told to stop; each must be answered. The machine is left some air. */
function load(models: ServedModels, atOnce = 4) {
  const answers = new Set<string>();
  const failures: unknown[] = [];
  let on = true;
  const asking = async () => {
    while (on && failures.length === 0) {
      await ask(models).then(
        ([version, value]) => answers.add(`${version}: ${value}`),
        (error: unknown) => failures.push(error),
      );
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const askers = Array.from({ length: atOnce }, asking);
  return {
    answers,
    failures,
    async stop() {
      on = false;
      await Promise.all(askers);
    },
  };
}

function events(models: ServedModels): ModelEvent[] {
  const all: ModelEvent[] = [];
  models.watch((event) => all.push(event));
  return all;
}

/** Resolves at the first event of a kind. */
function told(models: ServedModels, wanted: (event: ModelEvent) => boolean): Promise<ModelEvent> {
  return new Promise((resolve) => {
    const end = models.watch((event) => {
      if (!wanted(event)) return;
      end();
      resolve(event);
    });
  });
}

const phase = (name: string) => (event: ModelEvent) => event.type === "phase" && event.phase === name;

describe("a folder of models", () => {
  test("is served, each version a pool in the tree, the latest by default", async () => {
    put(1, times(2));
    put(10, times(3));
    writeFileSync(join(folder, "README.md"), "not a model");
    const models = await open({ versions: "all" });
    expect(states(models)).toEqual({ "times/1": "READY", "times/10": "READY" });
    expect(await ask(models)).toEqual(["10", 6]);
    expect(await ask(models, "1")).toEqual(["1", 4]);
    expect(
      app
        .children("models/times")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["1", "10"]);
    expect(models.describe("times")).toMatchObject({
      name: "times",
      version: "10",
      versions: ["1", "10"],
      runtime: "function",
    });
    expect(models.readiness("times")).toEqual({ ready: true, state: "READY" });
    const [one, ten] = models.statistics("times");
    expect(one).toMatchObject({ version: "1", success: { count: 1 }, fail: { count: 0 } });
    expect(ten).toMatchObject({ version: "10", success: { count: 1 }, inferenceCount: 1 });
  });

  test("load() without a version keeps to the versions that were asked for", async () => {
    for (const version of [1, 2, 3]) put(version, times(version));
    const models = await open({ versions: [1, 2] });
    await models.unload("times");
    await models.load("times");
    expect(await ask(models)).toEqual(["2", 4]);
  });

  test("names and versions that nobody has heard of are told as such", async () => {
    put(1, times(2));
    const models = await open();
    await expect(models.infer("time", undefined, request)).rejects.toMatchObject({
      code: "UnknownModel",
      message: 'there is no model "time": did you mean "times"? (there are: times)',
    });
    await expect(models.infer("times", "7", request)).rejects.toMatchObject({ code: "UnknownModel" });
    expect(() => models.readiness("times", "7")).toThrow(/has no version 7/);
    expect(() => models.statistics("other")).toThrow(/there is no model "other"/);
    await expect(models.load("times", { version: 7 })).rejects.toMatchObject({ code: "UnknownModel" });
    await expect(models.swap("times", { version: "x" })).rejects.toMatchObject({ code: "InvalidSpec" });
  });

  test("a model that cannot be loaded keeps no other from being served, and says why", async () => {
    put(1, times(2));
    mkdirSync(join(folder, "broken", "1"), { recursive: true });
    writeFileSync(join(folder, "broken", "1", "model.mjs"), "export const nothing = 1;");
    writeFileSync(join(folder, "torn.onnx"), "no model");
    const models = await open();
    expect(states(models)).toEqual({ "broken/1": "UNAVAILABLE", "times/1": "READY", "torn/1": "UNAVAILABLE" });
    // The first failed start says it; nobody waits until a start is no longer tried.
    expect(models.index().find(({ name }) => name === "torn")?.reason).toMatch(
      /torn.*is not a model that ONNX Runtime can load/,
    );
    expect(await ask(models)).toEqual(["1", 4]);
    await expect(models.infer("broken", undefined, request)).rejects.toMatchObject({
      code: "Unavailable",
      message: expect.stringMatching(/not taken \(starting\).*no run\(\)/),
    });
    // Mended in its place, it is loaded when somebody asks.
    writeFileSync(join(folder, "broken", "1", "model.mjs"), times(5));
    await models.load("broken");
    expect(states(models)).toMatchObject({ "broken/1": "READY" });
  });

  test("half-written and temporary files are never seen", async () => {
    put(1, times(2));
    put(2, times(3), "model.mjs.part");
    put(3, times(3), ".model.mjs");
    mkdirSync(join(folder, "times", "4.tmp"));
    const models = await open();
    expect(states(models)).toEqual({ "times/1": "READY" });
    renameSync(join(folder, "times", "2", "model.mjs.part"), join(folder, "times", "2", "model.mjs"));
    await models.swap("times", { canary: 0 });
    expect(await ask(models)).toEqual(["2", 6]);
  });

  test("is looked into from time to time: a new version is swapped in by itself", async () => {
    put(1, times(2));
    const models = await open({ poll: 30, rollout: { canary: 0 } });
    const swapped = told(models, ({ type }) => type === "swapped");
    put(2, times(3));
    expect(await swapped).toMatchObject({ result: "promoted", from: "1", to: "2" });
    expect(await ask(models)).toEqual(["2", 6]);
  });

  test("a file that goes leaves what is loaded serving, and says so", async () => {
    put(1, times(2));
    const models = await open({ poll: 30 });
    const gone = told(models, ({ type }) => type === "folder");
    rmSync(join(folder, "times"), { recursive: true });
    expect(await gone).toMatchObject({
      name: "times",
      version: "1",
      reason: expect.stringMatching(/gone from the folder/),
    });
    expect(await ask(models)).toEqual(["1", 4]);
    expect(models.readiness("times")).toMatchObject({
      ready: true,
      reason: expect.stringMatching(/gone from the folder/),
    });
  });

  test("is left alone when what it holds is unloaded, until it is loaded again", async () => {
    put(1, times(2));
    const models = await open();
    const pending = ask(models);
    await models.unload("times");
    expect(await pending).toEqual(["1", 4]);
    expect(states(models)).toEqual({ "times/1": "UNAVAILABLE" });
    await expect(ask(models)).rejects.toMatchObject({ code: "Unavailable", message: "times: it was unloaded" });
    expect(app.children("models/times")).toEqual([]);
    await models.load("times");
    expect(await ask(models)).toEqual(["1", 4]);
  });

  test("a version is loaded beside the one that answers, for those who name it", async () => {
    put(1, times(2));
    put(2, times(3));
    const models = await open();
    expect(states(models)).toEqual({ "times/1": "UNAVAILABLE", "times/2": "READY" });
    await models.load("times", { version: 1 });
    expect(await ask(models)).toEqual(["2", 6]);
    expect(await ask(models, "1")).toEqual(["1", 4]);
  });
});

describe("a swap under load", () => {
  test("takes a good version in without one failed request, and back again", async () => {
    put(1, times(2));
    const models = await open();
    const loading = load(models);
    put(2, times(3));
    const outcome = await models.swap("times", {
      canary: "25%",
      requests: 20,
      maxLatencyRatio: Number.POSITIVE_INFINITY,
    });
    expect(outcome).toMatchObject({
      result: "promoted",
      from: "1",
      to: "2",
      phase: "canary",
      seen: { requests: 20, errors: 0 },
    });
    expect(await ask(models)).toEqual(["2", 6]);
    await models.rollback("times");
    expect(await ask(models)).toEqual(["1", 4]);
    await loading.stop();
    expect(loading.failures).toEqual([]);
    expect(loading.answers).toEqual(new Set(["1: 4", "2: 6"]));
    expect(app.children("models/times").map(({ name }) => name)).toEqual(["1"]);
  });

  test.each([
    ["throws", 'throw new Error("bad weights");', /failed, 0 may; the latest: .*bad weights/],
    ["kills its thread", "process.exit(3);", /failed, 0 may; the latest/],
    ["hangs", "await new Promise(() => {});", /failed, 0 may; the latest: .*(timeout|deadline|within|ms)/i],
  ])("a version that %s is rolled back, and the old one answers in its place", async (_, does, why) => {
    put(1, times(2));
    // It comes as far as the canary: nothing is run before.
    const models = await open({ models: { times: { idempotent: true, warmup: false, pool: { size: 1 } } } });
    const loading = load(models);
    put(2, times(3, does));
    const outcome = await models.swap("times", { canary: 0.2, requests: 50, warmup: 0 });
    await loading.stop();
    expect(outcome).toMatchObject({ result: "rolled-back", phase: "canary", why: expect.stringMatching(why) });
    expect(loading.failures).toEqual([]);
    expect(loading.answers).toEqual(new Set(["1: 4"]));
    expect(states(models)).toEqual({ "times/1": "READY", "times/2": "UNAVAILABLE" });
    expect(app.children("models/times").map(({ name }) => name)).toEqual(["1"]);
  });

  test("a version that answers otherwise is rolled back by its golden samples before anybody asks it", async () => {
    put(1, times(2));
    const models = await open();
    put(2, times(3));
    const sample = {
      request: { inputs: [{ name: "x", datatype: "FP32", shape: [1], data: [2] }] },
      response: { outputs: [{ name: "y", datatype: "FP32", shape: [1], data: [4] }] },
    };
    put(2, JSON.stringify([sample]), "golden.json");
    const outcome = await models.swap("times");
    expect(outcome).toMatchObject({
      result: "rolled-back",
      phase: "golden",
      why: 'golden sample 1 of 1: output "y" is 6 at element 0, and 4 is known: tolerance 0.001',
    });
    expect(await ask(models)).toEqual(["1", 4]);
  });

  test("a version whose answers drift is rolled back, asked beside the old one", async () => {
    put(1, times(2));
    const models = await open();
    const loading = load(models);
    put(2, times(3));
    const drift = (old: { outputs: object }, fresh: { outputs: object }) => {
      const [a, b] = [old, fresh].map(({ outputs }) => (outputs as { y: { data: Float32Array } }).y.data[1]!);
      return Math.abs(a! - b!);
    };
    const outcome = await models.swap("times", { canary: 0.5, requests: 20, drift });
    await loading.stop();
    expect(outcome).toMatchObject({ result: "rolled-back", why: expect.stringMatching(/^drift 2 over \d+ requests/) });
    expect(loading.failures).toEqual([]);
  });

  test("a request that both versions refuse is nobody's fault but its own", async () => {
    put(1, times(2));
    const models = await open();
    put(2, times(3));
    const swapping = models.swap("times", { canary: 1, requests: 3, within: "1h" });
    await told(models, phase("canary"));
    const wrong = { inputs: { x: { dtype: "float64" as const, shape: [1], data: new Float64Array(1) } } };
    await expect(models.infer("times", undefined, wrong)).rejects.toMatchObject({ code: "InvalidValue" });
    for (let i = 0; i < 3; i++) expect(await ask(models)).toEqual(["2", 6]);
    expect(await swapping).toMatchObject({ result: "promoted", seen: { requests: 3, errors: 0 } });
  });

  test("one at a time: another is refused, and told what is under way; a rollback ends it", async () => {
    put(1, times(2));
    const models = await open();
    put(2, times(3));
    const swapping = models.swap("times", { within: "1h" });
    await told(models, phase("canary"));
    await expect(models.swap("times")).rejects.toMatchObject({
      code: "Unavailable",
      message: "times: a swap from 1 to 2 (canary, 0 of 100 requests) is under way: wait for it, or roll it back",
    });
    await expect(models.unload("times")).rejects.toMatchObject({ code: "Unavailable" });
    await expect(models.load("times")).rejects.toMatchObject({ code: "Unavailable" });
    expect(states(models)).toEqual({ "times/1": "READY", "times/2": "LOADING" });
    expect(await ask(models, "2")).toEqual(["2", 6]);
    await models.rollback("times");
    expect(await swapping).toMatchObject({ result: "rolled-back", why: "rolled back by hand" });
    expect(await ask(models)).toEqual(["1", 4]);
    await expect(models.rollback("times")).rejects.toMatchObject({ code: "Unavailable", retryable: false });
  });

  test("the old version may stay loaded, and comes back without a start", async () => {
    put(1, times(2));
    const models = await open();
    put(2, times(3));
    await models.swap("times", { canary: 0, keepOld: true });
    expect(states(models)).toEqual({ "times/1": "READY", "times/2": "READY" });
    const all = events(models);
    await models.rollback("times");
    expect(await ask(models)).toEqual(["1", 4]);
    expect(all.some((event) => event.type === "phase" && event.why === "models/times/1 runs already")).toBe(true);
  });

  test.each(["staging", "starting", "warming", "golden", "canary", "promoting"])(
    "members of both versions may die while it is %s",
    async (name) => {
      put(1, times(2));
      const models = await open();
      const loading = load(models);
      put(2, times(3));
      const there = told(models, phase(name)).then(() => {
        for (const version of ["1", "2"]) {
          if (app.child(`models/times/${version}`)) app.kill(`models/times/${version}`, { by: "a test" });
        }
      });
      const outcome = await models.swap("times", { canary: 0.3, requests: 20, maxErrors: 5, maxLatencyRatio: 1e9 });
      await there;
      expect(["promoted", "rolled-back"]).toContain(outcome.result);
      const right = outcome.result === "promoted" ? ["2", 6] : ["1", 4];
      expect(await ask(models)).toEqual(right);
      await loading.stop();
      expect(loading.failures).toEqual([]);
    },
  );
});

describe("what is loaded is a copy", () => {
  const port = (name: string) => [{ name, dtype: "float32" as const, shape: ["n"] }];
  const neg = makeOnnx([{ op: "Neg", inputs: ["x"], outputs: ["y"] }], port("x"), port("y"));
  const abs = makeOnnx([{ op: "Abs", inputs: ["x"], outputs: ["y"] }], port("x"), port("y"));
  const wasm = { times: { runtime: "wasm" as const, pool: { size: 1, spares: 0 } } };

  test("a member that dies comes back with the file of its version, whatever lies in the folder", async () => {
    put(1, neg, "model.onnx");
    const models = await open({ models: wasm });
    expect(await ask(models)).toEqual(["1", -2]);
    writeFileSync(join(folder, "times", "1", "model.onnx"), "half of a mod");
    expect(app.kill("models/times/1")).toBe(true);
    expect(await ask(models)).toEqual(["1", -2]);
    // What cannot be loaded is told, and what is loaded goes on.
    expect(await models.swap("times")).toMatchObject({ result: "rolled-back", phase: "starting", from: "1", to: "1" });
    expect(await ask(models)).toEqual(["1", -2]);
    // The same version from another file is a swap like any other.
    writeFileSync(join(folder, "times", "1", "model.onnx"), abs);
    expect(await models.swap("times", { canary: 0 })).toMatchObject({ result: "promoted" });
    expect(await ask(models)).toEqual(["1", 2]);
    await models.rollback("times");
    expect(await ask(models)).toEqual(["1", -2]);
  });

  test("its copies go with the app", async () => {
    put(1, neg, "model.onnx");
    await open({ models: wasm });
    const copies = () => readdirSync(root).filter((name) => name.startsWith("holdfast-models-"));
    expect(copies()).toHaveLength(1);
    await app.stop({ drain: 0 });
    expect(copies()).toEqual([]);
  });
});

test("a process that is killed in a swap leaves the folder as it was, and the next one removes its copies", async () => {
  put(1, makeOnnx([{ op: "Neg", inputs: ["x"], outputs: ["y"] }], [], []), "model.onnx");
  put(2, times(3));
  const before = readdirSync(folder, { recursive: true }).map(String).sort();
  const bytes = readFileSync(join(folder, "times", "1", "model.onnx"));
  const script = `
    import { supervisor, system } from "holdfast";
    import { openModels } from "holdfast/serving";
    const app = await system(supervisor({}, {}));
    const options = { folder: ${JSON.stringify(folder)}, staging: ${JSON.stringify(root)}, settle: 10, poll: false, versions: [2], models: { times: { isolation: "inline" } } };
    const models = await openModels(app, options);
    models.watch((event) => event.type === "phase" && event.phase === "starting" && process.kill(process.pid, "SIGKILL"));
    await models.swap("times", { version: 1 });
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.on("exit", (code, by) => resolve([code, by])),
  );
  expect(signal).toBe("SIGKILL");
  expect(readdirSync(folder, { recursive: true }).map(String).sort()).toEqual(before);
  expect(readFileSync(join(folder, "times", "1", "model.onnx"))).toEqual(bytes);
  const left = readdirSync(root).filter((name) => name.startsWith("holdfast-models-"));
  expect(left).toHaveLength(1);
  const models = await open({ versions: [1], models: {} });
  await models.load("times", { version: 1 }).catch(() => {});
  expect(existsSync(join(root, left[0]!))).toBe(false);
});
