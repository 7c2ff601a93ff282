import type { V2Tensor } from "../../protocol/v2/infer-request.js";

/** An input or output as the metadata of a model tell it. */
export interface Port {
  readonly name: string;
  readonly datatype: string;
  /** -1 where a dimension varies. */
  readonly shape: readonly number[];
}

/** A model that answers, and what it answers to. */
export interface TestedModel {
  readonly name: string;
  /** One that can be asked for; undefined where the server knows no versions. */
  readonly version: string | undefined;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Inputs that it has taken; undefined where it took none of those that were tried. */
  readonly sample: readonly V2Tensor[] | undefined;
  /** What it said to the last of them. */
  readonly trouble: string | undefined;
}

/** The server under test, as far as checks depend on it. */
export interface Subject {
  readonly name: string;
  readonly version: string;
  readonly extensions: readonly string[];
  readonly models: readonly TestedModel[];
  /** Why there are none, where there are none. */
  readonly noModel: string;
  /** Whether models may be unloaded and loaded again. */
  readonly mayReload: boolean;
}
