import type { CallOptions } from "../../actor/ref.js";
import type { ModelAnswer, ModelDescription, ModelRequest } from "../runtimes/model.js";
import type { ModelEvent } from "./model-events.js";
import type { ModelStatistics } from "./model-statistics.js";
import type { SwapOptions, SwapOutcome } from "./swap/swap-options.js";

/** Where a version of a model stands, in the words of the repository index of the Open Inference Protocol. */
export type Availability = "READY" | "LOADING" | "UNLOADING" | "UNAVAILABLE";

/** One version of one model, as the index lists it. */
export interface ModelState {
  readonly name: string;
  /** A positive whole number as text: "3". */
  readonly version: string;
  readonly state: Availability;
  /** Why it is not ready, or what is odd about a ready one: its file has gone, a swap is under way. */
  readonly reason?: string;
}

/** What a model says of itself, and which of its versions answer now. */
export interface ServedDescription extends ModelDescription {
  readonly name: string;
  /** The version described. */
  readonly version: string;
  /** Those that can be asked, lowest first; the one that answers where none is named is the first to be promoted, then the highest. */
  readonly versions: readonly string[];
}

/** Whether a request sent now would be answered, and why not. */
export interface ModelReadiness {
  readonly ready: boolean;
  readonly state: Availability;
  readonly reason?: string;
}

export interface LoadOptions {
  /** Which version of the folder. Default: those that the model's `versions` policy names, latest first. */
  readonly version?: string | number;
}

/** Named models, each with the version that answers now: what the V2 door, the command line and programs stand on. */
export interface ServedModels {
  /** Every version that is known, of the folder and of the list, by name and then by version. */
  index(): readonly ModelState[];
  /**
   * What a version takes and gives.
   * @param version default: the one that answers
   * @throws HoldfastError UnknownModel; Unavailable while it is known and not loaded
   */
  describe(name: string, version?: string): ServedDescription;
  /** @throws HoldfastError UnknownModel for a name, or a version, that nobody has heard of */
  readiness(name: string, version?: string): ModelReadiness;
  /**
   * Asks a version; without one, whichever answers: during a swap that is a share of the new one.
   * @returns the outputs, and which version made them
   * @throws HoldfastError (rejects) UnknownModel, Unavailable, and what an ask of an actor rejects with
   */
  infer(
    name: string,
    version: string | undefined,
    request: ModelRequest,
    options?: CallOptions,
  ): Promise<ModelAnswer & { readonly version: string }>;
  /** Counts and times of the versions that were loaded once, since their first load. @throws HoldfastError UnknownModel */
  statistics(name?: string, version?: string): readonly ModelStatistics[];
  /**
   * Loads a model, or what is new of it; resolves when it is ready. Loaded ones go on meanwhile.
   * @throws HoldfastError (rejects) UnknownModel; StartFailed; Unavailable while a swap of it is under way
   */
  load(name: string, options?: LoadOptions): Promise<void>;
  /** Lets what is under way finish, then stops it; its name stays in the index. @throws HoldfastError (rejects) UnknownModel */
  unload(name: string): Promise<void>;
  /**
   * Puts another version in the place of the one that answers, step by step, without one failed request.
   * @returns how it ended: "promoted", or "rolled-back" with the reason in numbers
   * @throws HoldfastError (rejects) UnknownModel; Unavailable while another swap of it is under way; InvalidSpec
   */
  swap(name: string, options?: SwapOptions): Promise<SwapOutcome>;
  /**
   * Ends a swap that is under way in favour of the old version; else loads the one before the one that answers and
   * puts it back, without a canary: it has proved itself.
   * @throws HoldfastError (rejects) UnknownModel; Unavailable where there is none before
   */
  rollback(name: string): Promise<void>;
  /** Tells each step: states, phases of a swap, what the folder brought. @returns how to end it */
  watch(listener: (event: ModelEvent) => void): () => void;
  /** Looks into the folder no more; the models stay, as children of the app. */
  close(): void;
}
