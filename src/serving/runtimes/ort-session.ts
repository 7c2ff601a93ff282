import { HoldfastError, toError } from "../../errors.js";
import { inNative } from "../../native-mark.js";
import { type Dtype, isDtype, type Tensor } from "../../protocol/dtypes.js";
import { checkFeeds } from "./check-feeds.js";
import type { LoadedModel, ModelPort, RuntimeName } from "./model.js";
import { plainData } from "./tensor.js";

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
  run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
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

/**
 * A session as a LoadedModel.
 * @throws HoldfastError StartFailed when the bytes are not a model that this runtime can load
 */
export async function openSession(
  ort: Ort,
  runtime: RuntimeName,
  bytes: Uint8Array,
  source: string,
  options: Record<string, unknown>,
): Promise<LoadedModel> {
  let session: OrtSession;
  try {
    session = await ort.InferenceSession.create(bytes, options);
  } catch (thrown) {
    const cause = toError(thrown);
    throw new HoldfastError("StartFailed", `${source} is not a model that ONNX Runtime can load: ${cause.message}`, {
      retryable: false,
      cause,
      details: { runtime, bytes: bytes.byteLength },
    });
  }
  return new SessionModel(ort, runtime, session);
}

class SessionModel implements LoadedModel {
  readonly runtime: RuntimeName;
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
  readonly #ort: Ort;
  #session: OrtSession | undefined;
  /** The end of the queue: neither runtime promises that two runs of one session may overlap. Never rejects. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(ort: Ort, runtime: RuntimeName, session: OrtSession) {
    this.#ort = ort;
    this.runtime = runtime;
    this.#session = session;
    this.inputs = session.inputMetadata.map(portOf);
    this.outputs = session.outputMetadata.map(portOf);
  }

  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const answer = this.#last.then(() => this.#run(feeds));
    this.#last = answer.catch(() => {});
    return answer;
  }

  async #run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    if (!this.#session) throw new HoldfastError("ActorStopped", "the model was released: open it again before run()");
    checkFeeds(this.inputs, feeds);
    const inputs: Record<string, OrtTensor> = {};
    for (const [name, { dtype, data, shape }] of Object.entries(feeds)) {
      inputs[name] = new this.#ort.Tensor(dtype, data, shape);
    }
    let outputs: Record<string, OrtTensor>;
    try {
      const session = this.#session;
      const run = () => session.run(inputs);
      // WASM can be ended like any JavaScript.
      outputs = await (this.runtime === "native" ? inNative(run) : run());
    } catch (thrown) {
      throw toError(thrown); // the WASM runtime may throw a bare number
    }
    const answer: Record<string, Tensor> = {};
    for (const [name, { type, dims, data }] of Object.entries(outputs)) {
      if (!isDtype(type))
        throw new HoldfastError("InvalidValue", `output "${name}" is ${type}, which has no plain form`);
      answer[name] = { dtype: type, shape: dims, data: plainData(type, data as ArrayBufferView) };
    }
    return answer;
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

/** The native runtime writes "" for a dimension without a name, the WASM one 2^32-1 (which is -1, read unsigned). */
function portOf({ name, type, shape }: OrtPort): ModelPort {
  const dims = (shape ?? []).map((dim) =>
    typeof dim === "string" ? dim || null : dim >= 0 && dim < 0xffffffff ? dim : null,
  );
  return { name, dtype: (type ?? "not a tensor") as Dtype, shape: dims };
}
