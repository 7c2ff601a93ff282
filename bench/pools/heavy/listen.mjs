import { contextSize, openSilero, stateSize } from "../../recovery/speech/silero.mjs";

const nobody = new Int32Array(new SharedArrayBuffer(4));

/** The speech model behind the same calls as the light work: it listens to silence, and waits as long as it is told. */
export async function openListening() {
  const listen = await openSilero();
  return async ({ id, ms }) => {
    Atomics.wait(nobody, 0, 0, ms);
    const { probability } = await listen({
      heard: new Float32Array(contextSize + 512),
      state: new Float32Array(stateSize),
    });
    if (!(probability >= 0 && probability <= 1)) throw new Error(`a probability of ${probability}`);
    return id;
  };
}
