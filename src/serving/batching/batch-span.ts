import { noteSpan } from "../../actor/note-span.js";
import type { Clock } from "../../clock.js";
import { codeOf } from "../policies/fault-of.js";
import type { ItemCall } from "./batch-item.js";

interface Traced {
  readonly weight: number;
  readonly call: ItemCall;
}

/** Runs a batch; where some of its items are sampled, a span is noted for it that is linked to each of them. */
export async function batchSpan<R>(items: readonly Traced[], clock: Clock, run: () => Promise<R> | R): Promise<R> {
  const links = items.flatMap(({ call }) => call.trace ?? []);
  const note = items.find(({ call }) => call.trace)?.call[noteSpan];
  if (note === undefined) return run();
  const began = clock.now();
  const weight = items.reduce((sum, one) => sum + one.weight, 0);
  const attributes = { "holdfast.batch.items": items.length, "holdfast.batch.weight": weight };
  const noted = (code?: string) => note({ name: "batch", began, ended: clock.now(), links, attributes, code });
  try {
    const answers = await run();
    noted();
    return answers;
  } catch (error) {
    noted(codeOf(error));
    throw error;
  }
}
