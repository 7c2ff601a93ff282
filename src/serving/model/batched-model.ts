import { randomUUID } from "node:crypto";
import { HoldfastError } from "../../errors.js";
import type { ItemCall } from "../batching/batch-item.js";
import { type BatchOptions, batchSettings } from "../batching/batch-options.js";
import { type Batcher, batcher } from "../batching/batcher.js";
import { checkFeeds, portText } from "../runtimes/check-feeds.js";
import { wantedOutputs } from "../runtimes/check-outputs.js";
import type { CheckOptions, LoadedModel, ModelAnswer, ModelRequest } from "../runtimes/model.js";
import { runClock } from "./run-times.js";
import { notBatched, rowsOf, split, stacked, stackKey } from "./stack.js";

/** How requests to a model are run together; what belongs together is known from their shapes. */
export type ModelBatching = Omit<BatchOptions, "key" | "weight" | "idempotent" | "clock">;

interface Item {
  readonly request: ModelRequest;
  readonly rows: number;
  /** Its answer says where its time went. */
  readonly timed: boolean;
}

/**
 * Runs requests together that differ in their outermost size alone, and gives each its own part of the outputs. Each is
 * checked before it is let in, so that one that does not fit fails alone.
 */
export class BatchedModel {
  readonly #model: LoadedModel;
  readonly #checks: CheckOptions;
  readonly #batch: Batcher<Item, ModelAnswer>;
  /** Tells its runs from those of other members, and of this one's earlier loads. */
  readonly #name = randomUUID();
  #runs = 0;

  /** @param idempotent a batch that failed as a whole is run again in halves, until who is to blame fails alone */
  constructor(model: LoadedModel, batching: ModelBatching, checks: CheckOptions, idempotent: boolean) {
    this.#model = model;
    this.#checks = checks;
    const { max } = batchSettings(batching);
    this.#batch = batcher<Item, ModelAnswer>((items, { signal }) => this.#run(items, signal), {
      // Rows are what a run costs: a request may bring several.
      maxWeight: max,
      ...batching,
      weight: ({ rows }) => rows,
      key: ({ request }) => stackKey(request),
      idempotent,
    });
  }

  async infer(request: ModelRequest, call: ItemCall, timed = false): Promise<ModelAnswer> {
    const { inputs, outputs } = this.#model;
    checkFeeds(inputs, request.inputs, this.#checks);
    wantedOutputs(outputs, request.outputs);
    const rows = rowsOf(request);
    // Nothing to stack by.
    if (rows === undefined) return this.#model.infer(request, call.signal);
    return this.#batch.add({ request, rows, timed }, call);
  }

  async #run(items: readonly Item[], signal: AbortSignal): Promise<ModelAnswer[]> {
    const [first] = items as readonly [Item];
    const alone = items.length === 1;
    const began = runClock();
    const request = alone ? first.request : stacked(items.map((item) => item.request));
    const read = runClock();
    const answer = await this.#model.infer(request, signal);
    const ran = runClock();
    const rows = items.map((item) => item.rows);
    const answers = alone ? [answer] : split(answer, rows);
    const times = { inputMs: read - began, inferMs: ran - read, outputMs: runClock() - ran };
    const batch = { id: `${this.#name} ${this.#runs++}`, size: rows.reduce((sum, count) => sum + count, 0) };
    return answers.map((one, i) => (items[i]!.timed ? { ...one, times: { ...times, batch } } : one));
  }
}

/** @throws HoldfastError StartFailed for a model that takes or gives something that is not one for each item */
export function checkBatched({ inputs, outputs }: LoadedModel, source: string): void {
  const fixed = notBatched([...inputs, ...outputs]);
  if (!fixed && inputs.length > 0 && outputs.length > 0) return;
  const why = fixed
    ? `${portText(fixed)} has no outermost size that varies`
    : "it does not declare its inputs and outputs";
  throw new HoldfastError("StartFailed", `${source} cannot be batched: ${why}. Leave out batching`, {
    retryable: false,
    details: { field: "batching" },
  });
}
