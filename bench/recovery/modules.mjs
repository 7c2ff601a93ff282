/**
 * What the workers load, and the questions with their right answers.
 *
 * @typedef {{
 *   title: string,
 *   folder: string,
 *   method: string,
 *   props: Record<string, unknown>,
 *   settleMs: number,
 *   question(step: number): Promise<{ ofActor: unknown, ofTask: unknown, right(answer: unknown): boolean }>,
 * }} BenchModule
 */

/** Nothing to load: what is measured is the runtime alone. @returns {Promise<BenchModule>} */
export async function emptyModule() {
  return {
    title: "an empty module",
    folder: "empty",
    method: "next",
    props: {},
    settleMs: 300,
    question: async (step) => ({ ofActor: step, ofTask: step, right: (answer) => answer === step + 1 }),
  };
}

/** Far below what a lost state changes, far above what a compiler's rounding does. */
const TOLERANCE = 1e-4;

/**
 * Silero VAD: each question is the next 32 ms of a speech. The actor keeps the stream's state, the runtime its snapshot; for
 * the peers, whose threads lose what they hold, the caller keeps it and sends it along.
 *
 * @returns {Promise<BenchModule>}
 */
export async function speechModule() {
  const { readClip } = await import("./speech/clip.mjs");
  const stepOf = await readClip();
  return {
    title: "the speech model (Silero VAD, ONNX on WASM)",
    folder: "speech",
    method: "push",
    props: { runtime: "wasm" },
    settleMs: 700,
    async question(step) {
      const { chunk, heard, state, probability } = await stepOf(step);
      const right = (answer) => Math.abs(answer.probability - probability) < TOLERANCE;
      return { ofActor: chunk, ofTask: { heard, state }, right };
    },
  };
}
