import type { LoadedModel, LoadedSequence, ModelAnswer, ModelRequest, ModelTensor } from "../runtimes/model.js";

/**
 * A model whose thread or process ends when WebAssembly traps: memory out of bounds, unreachable, aborted. A module that has
 * trapped is in no state that anybody knows; each later run of it may fail, or answer wrongly. The run that trapped never
 * settles: whoever supervises sees what was executing.
 */
export function endOnTrap(model: LoadedModel): LoadedModel {
  const guarded = <T>(run: Promise<T>): Promise<T> =>
    run.catch((error: unknown) => {
      if (!isTrap(error)) throw error;
      return new Promise<never>(() => {
        // Outside of any handler: caught by nobody.
        setImmediate(() => {
          throw error;
        });
      });
    });
  return {
    runtime: model.runtime,
    inputs: model.inputs,
    outputs: model.outputs,
    describe: () => model.describe(),
    run: (feeds: Readonly<Record<string, ModelTensor>>, outputs?: readonly string[]) =>
      guarded(model.run(feeds, outputs)),
    infer: (request: ModelRequest, signal?: AbortSignal): Promise<ModelAnswer> => guarded(model.infer(request, signal)),
    ...(model.sequence && { sequence: () => guardedSequence(model.sequence!(), guarded) }),
    release: () => model.release(),
  };
}

function guardedSequence(
  sequence: LoadedSequence,
  guarded: (run: Promise<ModelAnswer>) => Promise<ModelAnswer>,
): LoadedSequence {
  return { infer: (request, signal) => guarded(sequence.infer(request, signal)), end: () => sequence.end() };
}

/** An error of the engine, not one that was returned: an ONNX Runtime that refuses something throws plain errors. */
function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError;
}
