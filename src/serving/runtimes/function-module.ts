import type { ModelAnswer, ModelPort, ModelRequest } from "./model.js";

/** What a run of a function is told beside its request. */
export interface FunctionCall {
  /** Fires when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** One sequence of a function that remembers. */
export interface FunctionSequence {
  run(request: ModelRequest, call: FunctionCall): ModelAnswer | Promise<ModelAnswer>;
  /** Its last request was answered, or nobody continues it. */
  end?(): void | Promise<void>;
}

/**
 * Anything that is no ONNX, as a model: a rule, a parser, a call of another library.
 * @example
 * const shout = {
 *   inputs: [{ name: "text", dtype: "string", shape: ["n"] }],
 *   outputs: [{ name: "loud", dtype: "string", shape: ["n"] }],
 *   run({ inputs }: { inputs: { text: { shape: number[]; data: string[] } } }) {
 *     const { shape, data } = inputs.text;
 *     return { outputs: { loud: { dtype: "string", shape, data: data.map((text) => text.toUpperCase()) } } };
 *   },
 * };
 */
export interface FunctionModel {
  /** What it takes. Default: anything; then only the form of the tensors is checked. */
  readonly inputs?: readonly ModelPort[];
  /** What it gives. Default: anything. */
  readonly outputs?: readonly ModelPort[];
  /** Answers one request. What it throws is its caller's HandlerFailed; `refuse()` is a refusal. */
  run(request: ModelRequest, call: FunctionCall): ModelAnswer | Promise<ModelAnswer>;
  /**
   * Of a model that remembers: what answers the requests of one sequence, instead of `run`. It is asked once per sequence, and
   * keeps the state. See the option `sequences`.
   */
  sequence?(): FunctionSequence;
  /** Frees what it holds. */
  release?(): void | Promise<void>;
}

/**
 * A module for the "function" runtime: it exports `load(props)`, called once per thread or process, or the parts of a
 * FunctionModel themselves.
 */
export type FunctionModule =
  | { load(props: unknown): FunctionModel | Promise<FunctionModel> }
  | (FunctionModel & { load?: undefined });
