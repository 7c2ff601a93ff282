import { HoldfastError, toError } from "../../errors.js";
import { inNative } from "../../native-mark.js";
import { isDtype } from "../../protocol/dtypes.js";
import { checkFeeds } from "./check-feeds.js";
import { wantedOutputs } from "./check-outputs.js";
import type {
  CheckOptions,
  LoadedModel,
  ModelAnswer,
  ModelDescription,
  ModelPort,
  ModelRequest,
  ModelTensor,
} from "./model.js";
import { plainData, textsOf } from "./tensor.js";

/** What both packages export, as far as we use it. Written here, so that our types do not depend on either. */
export interface Ort {
  readonly InferenceSession: {
    create(model: Uint8Array, options: Record<string, unknown>): Promise<OrtSession>;
  };
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => OrtTensor;
  readonly env: { wasm: { numThreads?: number }; logLevel?: string };
}

interface OrtTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

interface OrtSession {
  readonly inputMetadata: readonly OrtPort[];
  readonly outputMetadata: readonly OrtPort[];
  run(feeds: Record<string, OrtTensor>, fetches: readonly string[]): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

interface OrtPort {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  readonly shape?: readonly (number | string)[];
}

/** Both packages are CommonJS or ESM depending on the version: the exports are on the module or on its default. */
export function ortOf(module: object): Ort {
  const { default: inner } = module as { default?: object };
  return (inner && "InferenceSession" in inner ? inner : module) as Ort;
}

/** What is known of a model before it is opened. */
export interface SessionOptions {
  readonly nan: CheckOptions["nan"];
  readonly dims: CheckOptions["dims"];
  readonly runtime: "wasm" | "native";
  /** What to call it in errors. */
  readonly source: string;
  /** Why it runs there; see ModelDescription. */
  readonly why: string | undefined;
  /** For ONNX Runtime. */
  readonly session: Record<string, unknown>;
}

/**
 * A session as a LoadedModel.
 * @throws HoldfastError StartFailed when the bytes are not a model that this runtime can load
 */
export async function openSession(ort: Ort, bytes: Uint8Array, options: SessionOptions): Promise<LoadedModel> {
  const { runtime, source } = options;
  let session: OrtSession;
  try {
    session = await ort.InferenceSession.create(bytes, options.session);
  } catch (thrown) {
    const cause = toError(thrown);
    throw new HoldfastError("StartFailed", `${source} is not a model that ONNX Runtime can load: ${cause.message}`, {
      retryable: false,
      cause,
      details: { runtime, bytes: bytes.byteLength },
    });
  }
  return new SessionModel(ort, session, options);
}

class SessionModel implements LoadedModel {
  readonly runtime: "wasm" | "native";
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
  readonly #ort: Ort;
  readonly #options: SessionOptions;
  #session: OrtSession | undefined;
  /** The end of the queue: neither runtime promises that two runs of one session may overlap. Never rejects. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(ort: Ort, session: OrtSession, options: SessionOptions) {
    this.#ort = ort;
    this.#options = options;
    this.#session = session;
    this.runtime = options.runtime;
    this.inputs = session.inputMetadata.map(portOf);
    this.outputs = session.outputMetadata.map(portOf);
  }

  describe(): ModelDescription {
    const { why } = this.#options;
    const { runtime, inputs, outputs } = this;
    return { runtime, platform: "onnxruntime_onnx", ...(why === undefined ? {} : { why }), inputs, outputs };
  }

  run(feeds: Readonly<Record<string, ModelTensor>>, outputs?: readonly string[]): Promise<Record<string, ModelTensor>> {
    const answer = this.#last.then(() => this.#run(feeds, outputs));
    this.#last = answer.catch(() => {});
    return answer;
  }

  async infer({ inputs, outputs }: ModelRequest): Promise<ModelAnswer> {
    return { outputs: await this.run(inputs, outputs) };
  }

  async #run(
    feeds: Readonly<Record<string, ModelTensor>>,
    wanted: readonly string[] | undefined,
  ): Promise<Record<string, ModelTensor>> {
    if (!this.#session) throw new HoldfastError("ActorStopped", "the model was released: open it again before run()");
    checkFeeds(this.inputs, feeds, this.#options);
    const names = wantedOutputs(this.outputs, wanted);
    const inputs: Record<string, OrtTensor> = {};
    for (const [name, tensor] of Object.entries(feeds)) {
      inputs[name] = new this.#ort.Tensor(tensor.dtype, this.#data(name, tensor), tensor.shape);
    }
    let outputs: Record<string, OrtTensor>;
    try {
      const session = this.#session;
      const run = () => session.run(inputs, names);
      // WASM can be ended like any JavaScript.
      outputs = await (this.runtime === "native" ? inNative(run) : run());
    } catch (thrown) {
      throw toError(thrown); // the WASM runtime may throw a bare number
    }
    const answer: Record<string, ModelTensor> = {};
    for (const name of names) answer[name] = plainTensor(name, outputs[name]!);
    return answer;
  }

  #data(name: string, tensor: ModelTensor): unknown {
    if (tensor.dtype === "string") return textsOf(name, tensor);
    // Native code takes no view of shared memory, as which a borrowed array may come.
    const shared = tensor.data.buffer instanceof SharedArrayBuffer && this.runtime === "native";
    return shared ? tensor.data.slice() : tensor.data;
  }

  release(): Promise<void> {
    const done = this.#last.then(async () => {
      const session = this.#session;
      this.#session = undefined;
      await session?.release();
    });
    this.#last = done.catch(() => {});
    return done;
  }
}

function plainTensor(name: string, { type, dims, data }: OrtTensor): ModelTensor {
  if (type === "string") return { dtype: "string", shape: dims, data: data as string[] };
  if (!isDtype(type)) throw new HoldfastError("InvalidValue", `output "${name}" is ${type}, which has no plain form`);
  return { dtype: type, shape: dims, data: plainData(type, data as ArrayBufferView) };
}

/** The native runtime writes "" for a dimension without a name, the WASM one 2^32-1 (which is -1, read unsigned). */
function portOf({ name, type, shape }: OrtPort): ModelPort {
  const dims = (shape ?? []).map((dim) =>
    typeof dim === "string" ? dim || null : dim >= 0 && dim < 0xffffffff ? dim : null,
  );
  return { name, dtype: type ?? "not a tensor", shape: dims };
}
