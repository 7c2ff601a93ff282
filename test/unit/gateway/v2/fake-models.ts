import { onAbort } from "../../../../src/actor/on-abort.js";
import type { CallOptions } from "../../../../src/actor/ref.js";
import { milliseconds } from "../../../../src/duration.js";
import { HoldfastError } from "../../../../src/errors.js";
import type { ModelState, ServedModels } from "../../../../src/serving/repository/served-models.js";
import type { ModelAnswer, ModelPort, ModelRequest } from "../../../../src/serving/runtimes/model.js";

export interface FakeModel {
  readonly stateful?: boolean;
  readonly inputs?: readonly ModelPort[];
  readonly outputs?: readonly ModelPort[];
  run(request: ModelRequest, signal: AbortSignal): ModelAnswer | Promise<ModelAnswer>;
}

export interface FakeModels extends ServedModels {
  readonly calls: { name: string; version: string | undefined; request: ModelRequest; options: CallOptions }[];
  readonly repository: string[];
  /** Changed by tests: what the index says. */
  states: ModelState[];
}

const none = { count: 0, ns: 0 };

/** Models of plain functions, each in the versions 1 and 2, of which 2 answers: deadlines and cancellation are real. */
export function fakeModels(models: Record<string, FakeModel>): FakeModels {
  const calls: FakeModels["calls"] = [];
  const repository: string[] = [];
  const find = (name: string, version = "2") => {
    const model = Object.hasOwn(models, name) ? models[name] : undefined;
    if (!model) throw new HoldfastError("UnknownModel", `there is no model "${name}"`);
    if (version !== "1" && version !== "2")
      throw new HoldfastError("UnknownModel", `model "${name}" has no version "${version}": it has 1, 2`);
    return { model, version };
  };
  const fake: FakeModels = {
    calls,
    repository,
    states: Object.keys(models).flatMap((name) =>
      ["1", "2"].map((version) => ({ name, version, state: "READY" as const })),
    ),
    index: () => fake.states,
    describe(name, version) {
      const { model, version: found } = find(name, version);
      const { inputs = [], outputs = [], stateful = false } = model;
      return {
        stateful,
        name,
        version: found,
        versions: ["1", "2"],
        runtime: "wasm",
        platform: "onnxruntime_onnx",
        inputs,
        outputs,
      };
    },
    readiness(name, version) {
      find(name, version);
      const states = fake.states.filter((state) => state.name === name && (!version || state.version === version));
      const { state, reason } = states.find((one) => one.state === "READY") ?? states[0]!;
      return { ready: state === "READY", state, ...(reason ? { reason } : {}) };
    },
    async infer(name, version, request, options = {}) {
      const found = find(name, version);
      calls.push({ name, version, request, options });
      const answer = await bounded(options, (signal) => found.model.run(request, signal));
      return { ...answer, version: found.version };
    },
    statistics(name, version) {
      if (name !== undefined) find(name, version);
      const names = name === undefined ? Object.keys(models) : [name];
      const versions = version === undefined ? ["1", "2"] : [version];
      return names.flatMap((model) =>
        versions.map((each) => ({
          name: model,
          version: each,
          lastInference: 1700000000000,
          inferenceCount: calls.length,
          executionCount: calls.length,
          success: { count: calls.length, ns: 5_000_000 },
          fail: none,
          queue: none,
          computeInput: none,
          computeInfer: { count: calls.length, ns: 4_000_000 },
          computeOutput: none,
          cacheHit: none,
          cacheMiss: none,
          batches: [{ size: 1, computeInput: none, computeInfer: none, computeOutput: none }],
        })),
      );
    },
    async load(name) {
      find(name);
      repository.push(`load ${name}`);
    },
    async unload(name) {
      find(name);
      repository.push(`unload ${name}`);
    },
    swap: () => Promise.reject(new Error("the fake repository swaps nothing")),
    rollback: () => Promise.reject(new Error("the fake repository swaps nothing")),
    watch: () => () => {},
    close: () => {},
  };
  return fake;
}

/** Ends with the answer, at the deadline, or when the caller gives up; whichever is first. */
function bounded(
  { timeout = "30s", signal }: CallOptions,
  act: (signal: AbortSignal) => ModelAnswer | Promise<ModelAnswer>,
): Promise<ModelAnswer> {
  const ended = new AbortController();
  return new Promise((resolve, reject) => {
    const give = (error: HoldfastError) => {
      ended.abort(error);
      reject(error);
    };
    const ms = milliseconds(timeout, "timeout");
    const timer = setTimeout(() => give(new HoldfastError("Timeout", `the model had ${ms} ms`)), ms);
    const forget = signal && onAbort(signal, () => give(new HoldfastError("Cancelled", "the caller gave up")));
    Promise.resolve()
      .then(() => act(ended.signal))
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
        forget?.();
      });
  });
}
