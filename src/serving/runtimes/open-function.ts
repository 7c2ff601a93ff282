import { HoldfastError, isHoldfastError, toError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import { dtypes, isDtype } from "../../protocol/dtypes.js";
import { checkAnswer } from "./check-answer.js";
import { checkFeeds } from "./check-feeds.js";
import { wantedOutputs } from "./check-outputs.js";
import type { FunctionModel, FunctionModule } from "./function-module.js";
import type {
  CheckOptions,
  LoadedModel,
  LoadedSequence,
  ModelAnswer,
  ModelDescription,
  ModelPort,
  ModelRequest,
  ModelTensor,
} from "./model.js";
import { checkTensor } from "./tensor.js";

/** A function that is about to be opened. */
export interface FunctionSource extends CheckOptions {
  /** The module's URL. */
  readonly url: string;
  /** What its load() is given. */
  readonly props?: unknown;
}

/**
 * Opens a module of one's own as a model.
 * @throws HoldfastError StartFailed: no such module, one that throws, or one that is no FunctionModule
 */
export async function openFunction(source: FunctionSource): Promise<LoadedModel> {
  const { url } = source;
  try {
    const module = exportsOf((await import(url)) as Record<string, unknown>);
    const model = module.load ? await module.load(source.props) : module;
    return new OpenedFunction(checked(model, module.load ? "its load() gives" : "it exports"), source);
  } catch (thrown) {
    const cause = toError(thrown);
    throw new HoldfastError("StartFailed", `${url} is no model: ${cause.message}`, {
      retryable: !isHoldfastError(thrown, "InvalidSpec"),
      cause,
      details: { runtime: "function" },
    });
  }
}

/** A default export that is an object stands for all of them. */
function exportsOf(module: Record<string, unknown>): FunctionModule {
  const inner = module.default;
  const whole = typeof inner === "object" && inner !== null && !("run" in module) && !("load" in module);
  return (whole ? inner : module) as FunctionModule;
}

function checked(model: unknown, from: string): FunctionModel {
  const { run, inputs, outputs, release, sequence } = (model ?? {}) as Partial<FunctionModel>;
  if (typeof run !== "function") {
    throw invalid(`${from} no run(): write "export function run({ inputs }) { return { outputs: { … } } }", or load()`);
  }
  if (release !== undefined && typeof release !== "function") {
    throw invalid(`release is ${shown(release)}: give a function, or leave it out`);
  }
  if (sequence !== undefined && typeof sequence !== "function") {
    throw invalid(`sequence is ${shown(sequence)}: give a function that gives { run(request) { … } }, or leave it out`);
  }
  checkPorts("inputs", inputs);
  checkPorts("outputs", outputs);
  return model as FunctionModel;
}

function checkPorts(field: "inputs" | "outputs", ports: unknown): void {
  if (ports === undefined) return;
  if (!Array.isArray(ports)) throw invalid(`${field} is ${shown(ports)}: give a list of { name, dtype, shape }`);
  for (const [place, port] of ports.entries()) {
    const { name, dtype, shape } = (port ?? {}) as Partial<ModelPort>;
    const where = `${field}[${place}]`;
    if (typeof name !== "string" || name === "") throw invalid(`${where}.name is ${shown(name)}: give text`);
    if (dtype !== "string" && !isDtype(dtype)) {
      throw invalid(`${where}.dtype is ${shown(dtype)}: give one of ${dtypes.join(", ")}, string`);
    }
    const isDim = (dim: unknown) =>
      dim === null || typeof dim === "string" || (Number.isSafeInteger(dim) && (dim as number) >= 0);
    if (!Array.isArray(shape) || !shape.every(isDim)) {
      throw invalid(`${where}.shape is ${shown(shape)}: give sizes, names of sizes, or null, [] for a scalar`);
    }
    if (ports.findIndex((other) => (other as ModelPort | null)?.name === name) < place) {
      throw invalid(`${where}.name is ${shown(name)} again: give each ${field.slice(0, -1)} a name of its own`);
    }
  }
}

function invalid(message: string): HoldfastError {
  return new HoldfastError("InvalidSpec", message);
}

const nobody = new AbortController().signal;

class OpenedFunction implements LoadedModel {
  readonly runtime = "function";
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
  /** Of a function that remembers. */
  readonly sequence?: () => LoadedSequence;
  readonly #checks: CheckOptions;
  #model: FunctionModel | undefined;

  constructor(model: FunctionModel, checks: CheckOptions) {
    this.#model = model;
    this.#checks = checks;
    this.inputs = (model.inputs ?? []).map(plainPort);
    this.outputs = (model.outputs ?? []).map(plainPort);
    if (model.sequence) this.sequence = () => this.#begin();
  }

  describe(): ModelDescription {
    return { runtime: "function", platform: "holdfast_function", inputs: this.inputs, outputs: this.outputs };
  }

  async run(
    feeds: Readonly<Record<string, ModelTensor>>,
    outputs?: readonly string[],
  ): Promise<Record<string, ModelTensor>> {
    return (await this.infer({ inputs: feeds, ...(outputs ? { outputs } : {}) })).outputs;
  }

  infer(request: ModelRequest, signal: AbortSignal = nobody): Promise<ModelAnswer & { outputs: Outputs }> {
    return this.#answer(this.#open, request, signal);
  }

  get #open(): FunctionModel {
    if (this.#model) return this.#model;
    throw new HoldfastError("ActorStopped", "the model was released: open it again before run()");
  }

  async #answer(
    runner: Pick<FunctionModel, "run">,
    request: ModelRequest,
    signal: AbortSignal,
  ): Promise<ModelAnswer & { outputs: Outputs }> {
    const model = this.#open;
    if (model.inputs) checkFeeds(this.inputs, request.inputs, this.#checks);
    else for (const [name, tensor] of Object.entries(request.inputs)) checkTensor(`input "${name}"`, tensor);
    const wanted = model.outputs ? wantedOutputs(this.outputs, request.outputs) : request.outputs;
    const answer = await runner.run(request, { signal });
    return checkAnswer(answer, model.outputs && this.outputs, wanted);
  }

  #begin(): LoadedSequence {
    const own = this.#open.sequence!();
    if (typeof own?.run !== "function") {
      throw new HoldfastError("HandlerFailed", "the model's sequence() gave no { run(request) { … } }");
    }
    return {
      infer: (request, signal) => this.#answer(own, request, signal),
      end: async () => own.end?.(),
    };
  }

  async release(): Promise<void> {
    const model = this.#model;
    this.#model = undefined;
    await model?.release?.();
  }
}

type Outputs = Record<string, ModelTensor>;

/** What travels: a module may hang more on its ports. */
function plainPort({ name, dtype, shape }: ModelPort): ModelPort {
  return { name, dtype, shape: [...shape] };
}
