/** How often something happened, and how long it took all together. */
export interface CountedTime {
  readonly count: number;
  /** Nanoseconds, whole. */
  readonly ns: number;
}

/** What one version of a model did since its first load: the statistics extension of the Open Inference Protocol. */
export interface ModelStatistics {
  readonly name: string;
  readonly version: string;
  /** Where it is in the tree, below the root: "models/digits/3"; absent while it is not loaded. */
  readonly path?: string;
  /** Milliseconds since 1970 at the end of the latest request; 0 before the first. */
  readonly lastInference: number;
  /** Items answered: a request for a batch of four counts four. */
  readonly inferenceCount: number;
  /** Runs of the model: with batching fewer than requests. */
  readonly executionCount: number;
  /** Requests from when they came until they were answered, queue included. */
  readonly success: CountedTime;
  readonly fail: CountedTime;
  /** What is left of `success` beside the three below: in mailboxes, in line for a batch, and on the way. */
  readonly queue: CountedTime;
  /** Making the runtime's inputs: reading the request, and stacking those of a batch. */
  readonly computeInput: CountedTime;
  /** Running it; of each request of a batch the time of them all, as Triton counts. */
  readonly computeInfer: CountedTime;
  /** Taking a batch's outputs apart. */
  readonly computeOutput: CountedTime;
  readonly cacheHit: CountedTime;
  readonly cacheMiss: CountedTime;
  /** Runs by how many items they carried, by size. */
  readonly batches: readonly {
    readonly size: number;
    readonly computeInput: CountedTime;
    readonly computeInfer: CountedTime;
    readonly computeOutput: CountedTime;
  }[];
}
