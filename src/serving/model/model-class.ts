import type { MethodOptions } from "../../actor/methods.js";
import type { Duration } from "../../duration.js";
import { Model } from "./model-actor.js";
import { KeptSequenceModel, SequenceModel } from "./sequence-model.js";

/** What is fixed for a class, and said for each model: its class is made from it. */
export interface ModelFacts {
  /** The longest honest run. */
  readonly limit: Duration | undefined;
  readonly idempotent: boolean;
  /** It keeps no array that it is sent. ONNX Runtime never does; a function may. */
  readonly borrows: boolean;
  /** Requests at once. */
  readonly concurrency: number;
  /** It keeps a state per sequence: "kept" outlives a death, a function's "own" does not. */
  readonly sequences?: "kept" | "own";
}

/** The class of a model's members. */
export function modelClass({ limit, idempotent, borrows, concurrency, sequences }: ModelFacts): typeof Model {
  const infer: MethodOptions = { idempotent, borrows, ...(limit === undefined ? {} : { limit }) };
  if (sequences) {
    return class extends (sequences === "kept" ? KeptSequenceModel : SequenceModel) {
      static override methods = { infer, describe: { idempotent: true } };
    };
  }
  return class extends Model {
    static override methods = { infer, describe: { idempotent: true } };
    static override concurrency = concurrency;
  };
}

/** As the query of a module's URL: a thread or process reads there what its class is to be. */
export function factsToQuery(facts: ModelFacts): string {
  return `?facts=${encodeURIComponent(JSON.stringify(facts))}`;
}

/** What factsToQuery() wrote into a URL. JSON knows no Infinity: it writes null, and leaves out what is undefined. */
export function factsFromUrl(url: string): ModelFacts {
  const facts = JSON.parse(new URL(url).searchParams.get("facts")!) as ModelFacts;
  return { ...facts, limit: facts.limit === null ? Number.POSITIVE_INFINITY : facts.limit };
}
