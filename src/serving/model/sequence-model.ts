import { HoldfastError } from "../../errors.js";
import { isDtype } from "../../protocol/dtypes.js";
import type { LoadedSequence, ModelAnswer, ModelDescription, ModelPort, ModelTensor } from "../runtimes/model.js";
import { zeroTensor } from "../runtimes/zero-tensor.js";
import { Model, type SharedModel } from "./model-actor.js";
import type { ModelProps } from "./model-props.js";
import type { ModelCall } from "./read-request.js";
import { runRequest } from "./run-request.js";
import { runClock, timed } from "./run-times.js";

type Tensors = Readonly<Record<string, ModelTensor>>;

/** What the next incarnation goes on from. */
interface Kept {
  readonly begun: boolean;
  readonly left: Tensors;
}

let remembered: (actor: SequenceModel) => Kept;
let recall: (actor: SequenceModel, kept: Kept) => void;

/**
 * One sequence of requests to a model that remembers: the actor of a key, whose key is the sequence's id.
 *
 *   sequence_start ─▶ begun ─▶ … ─▶ sequence_end ─▶ over
 *        ▲                                           │
 *        └── what comes before a start is refused ◀──┘     a state that was lost is never taken for a fresh one
 */
export class SequenceModel extends Model {
  /** Undefined while no sequence is under way. */
  #run: LoadedSequence | undefined;
  /** Of an ONNX model: the inputs that the last request left. */
  #left: Tensors = {};

  static override async load(props: ModelProps): Promise<SharedModel> {
    const shared = await Model.load(props);
    const problem = misfit(shared, props.state ?? {});
    if (problem === undefined) return shared;
    await shared.model.release();
    throw new HoldfastError("StartFailed", `${String(props.source).slice(0, 200)} keeps no sequences: ${problem}`, {
      retryable: false,
      details: { field: "model.sequences" },
    });
  }

  static {
    // Not methods: those could be called from outside.
    remembered = (actor) => ({ begun: actor.#run !== undefined, left: actor.#left });
    recall = (actor, { begun, left }) => {
      actor.#run = begun ? actor.#carry() : undefined;
      actor.#left = left;
    };
  }

  /**
   * The next request of the sequence.
   * @throws HoldfastError InvalidValue where no sequence is under way and `sequence_start` is not set; else as Model's
   */
  override async infer(request: ModelCall): Promise<ModelAnswer> {
    const { sequence_start: starts = false, sequence_end: ends = false } = request.parameters ?? {};
    if (starts) await this.#begin();
    if (!this.#run) throw notUnderWay(this.self.key);
    const runner = request.timed === true ? timed(this.#run, runClock()) : this.#run;
    const { model } = this.shared;
    const place = { path: this.self.path, inputs: model.inputs, signal: this.call.signal };
    const answer = await runRequest(runner, request, place);
    if (ends) await this.#end();
    return answer;
  }

  /** Without what only the server gives and gets. */
  override describe(): ModelDescription {
    const { inputs, outputs, ...rest } = super.describe();
    const pairs = Object.entries(this.#state);
    return {
      ...rest,
      stateful: true,
      inputs: inputs.filter(({ name }) => !pairs.some(([, input]) => input === name)),
      outputs: outputs.filter(({ name }) => !pairs.some(([output]) => output === name)),
    };
  }

  /** Outputs that are the next request's inputs; none of a function. */
  get #state(): Readonly<Record<string, string>> {
    return this.props.state ?? {};
  }

  async #begin(): Promise<void> {
    await this.#end();
    const { model } = this.shared;
    this.#run = model.sequence?.() ?? this.#carry();
  }

  async #end(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    this.#left = {};
    await run?.end();
  }

  /** Runs an ONNX model with what the last run left in its inputs. */
  #carry(): LoadedSequence {
    const { model } = this.shared;
    const pairs = Object.entries(this.#state);
    return {
      infer: async ({ inputs, outputs: wanted, parameters }, signal) => {
        const given = pairs.find(([, input]) => Object.hasOwn(inputs, input));
        if (given) throw invalid(`input "${given[1]}" is the sequence's own state: leave it out`, given[1]);
        const own = pairs.find(([output]) => wanted?.includes(output));
        if (own) throw invalid(`output "${own[0]}" is the sequence's own state: it is not told`, own[0]);
        const carried = pairs.map(([, input]) => [input, this.#left[input] ?? zerosOf(model.inputs, input)]);
        const all = wanted?.length ? [...wanted, ...pairs.map(([output]) => output)] : undefined;
        const request = { inputs: { ...inputs, ...Object.fromEntries(carried) }, ...(all ? { outputs: all } : {}) };
        const answer = await model.infer({ ...request, ...(parameters ? { parameters } : {}) }, signal);
        const told = { ...answer.outputs };
        this.#left = Object.fromEntries(pairs.map(([output, input]) => [input, told[output]!]));
        for (const [output] of pairs) delete told[output];
        return { ...answer, outputs: told };
      },
      end: async () => {},
    };
  }
}

/** The same of an ONNX model: what it left is a snapshot, so that a death costs the sequence nothing. */
export class KeptSequenceModel extends SequenceModel {
  snapshot(): Kept {
    return remembered(this);
  }

  restore(state: Kept): void {
    recall(this, state);
  }
}

function misfit({ model }: SharedModel, state: Readonly<Record<string, string>>): string | undefined {
  const pairs = Object.entries(state);
  if (model.runtime === "function") return model.sequence ? undefined : "its module has no sequence()";
  if (pairs.length === 0) return 'say which outputs are the next inputs: sequences: { state: { stateN: "state" } }';
  const has = (ports: readonly ModelPort[], name: string) => ports.some((port) => port.name === name);
  const wrong = pairs.find(([output, input]) => !has(model.outputs, output) || !has(model.inputs, input));
  return wrong && `it has no output ${JSON.stringify(wrong[0])}, or no input ${JSON.stringify(wrong[1])}`;
}

/** Sizes that the model leaves open are 1. */
function zerosOf(ports: readonly ModelPort[], name: string): ModelTensor {
  const { dtype, shape: declared } = ports.find((port) => port.name === name)!;
  const shape = declared.map((size) => (typeof size === "number" ? size : 1));
  return zeroTensor(isDtype(dtype) ? dtype : "string", shape)!;
}

function notUnderWay(key: string | undefined): HoldfastError {
  const which = key === undefined ? "the sequence" : `sequence ${JSON.stringify(key)}`;
  return new HoldfastError(
    "InvalidValue",
    `${which} is not under way, or its state was lost: set sequence_start on its first request`,
    { details: { path: "parameters.sequence_start" } },
  );
}

function invalid(message: string, input: string): HoldfastError {
  return new HoldfastError("InvalidValue", message, { details: { input } });
}
