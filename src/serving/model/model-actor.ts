import { Actor } from "../../actor/actor.js";
import type { LoadedModel, ModelAnswer, ModelDescription, ModelRequest } from "../runtimes/model.js";
import { openFunction } from "../runtimes/open-function.js";
import { openModel } from "../runtimes/open-model.js";
import { BatchedModel, checkBatched } from "./batched-model.js";
import { endOnTrap } from "./end-on-trap.js";
import type { ModelProps } from "./model-props.js";
import type { ModelCall } from "./read-request.js";
import { runRequest } from "./run-request.js";
import { runClock, timed } from "./run-times.js";
import { warmUp } from "./warm-up.js";

/** What the actors of a cell share. */
export interface SharedModel {
  readonly model: LoadedModel;
  /** Where its requests are run together. */
  readonly batched: BatchedModel | undefined;
  readonly warm: boolean;
}

/**
 * One model, whatever runs it: what `model()` makes pools of. It keeps nothing between requests. What is wrong with a
 * request is an answer (InvalidValue, Refused), and so is what a run throws (HandlerFailed): the model stays loaded.
 *
 * @example
 * import { supervisor, system } from "holdfast";
 * import { model } from "holdfast/serving";
 * const { digits } = (await system(supervisor({}, { digits: model("mnist.onnx") }))).refs;
 * const { outputs } = await digits.ask.infer({ inputs: { image: { dtype: "float32", shape: [1, 1, 28, 28], data: pixels } } });
 */
export class Model extends Actor<ModelProps, SharedModel> {
  static override onThrow = "reply";

  /** Opens it and runs it once, where its shapes are known. */
  static async load(props: ModelProps): Promise<SharedModel> {
    const { source, runtime } = props;
    const opened =
      runtime === "function"
        ? await openFunction({ ...props, url: source as string })
        : await openModel(source, { ...props, runtime });
    const model = props.walled ? endOnTrap(opened) : opened;
    const { batching, idempotent = false } = props;
    try {
      if (batching) checkBatched(model, sourceText(source));
      const batched = batching && new BatchedModel(model, batching, props, idempotent);
      return { model, batched, warm: await warmUp(model, props.warmup, sourceText(source)) };
    } catch (error) {
      await model.release();
      throw error;
    }
  }

  static unload({ model }: SharedModel): Promise<void> {
    return model.release();
  }

  /**
   * Runs the model once.
   * @returns the outputs that were asked for, all of them by default
   * @throws HoldfastError InvalidValue: what does not fit the model, by name; HandlerFailed: the run failed; Refused, where
   *   a function refused
   */
  async infer(request: ModelCall): Promise<ModelAnswer> {
    const { call } = this;
    const { model, batched } = this.shared;
    const wanted = request?.timed === true;
    const plain = batched ? { infer: (read: ModelRequest) => batched.infer(read, call, wanted) } : model;
    const runner = wanted ? timed(plain, runClock()) : plain;
    return runRequest(runner, request, { path: this.self.path, inputs: model.inputs, signal: call.signal });
  }

  /** Its inputs and outputs, what it runs on, and why. */
  describe(): ModelDescription {
    const { model, warm } = this.shared;
    return { ...model.describe(), warm };
  }
}

function sourceText(source: string | Uint8Array): string {
  return typeof source === "string" ? source : `the model (${source.byteLength} bytes)`;
}
