import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";
import type { StoreChange } from "../system/durable/store.js";

/** Bytes of an entity's id, in UTF-8 at most three times as many as it has letters. */
const LONGEST_ID = 16 * 1024;

/**
 * Refuses changes that no store could give back as they are, before anything is written.
 * @throws HoldfastError InvalidValue
 */
export function checkBatch(batch: readonly StoreChange[]): void {
  for (const change of batch) {
    if (typeof change.id !== "string" || change.id.length > LONGEST_ID) {
      throw refused(`the id of a change is ${shown(change.id)}: give text of at most ${LONGEST_ID} letters`);
    }
    if (change.kind === "forget") continue;
    if (!Number.isSafeInteger(change.seq) || change.seq < 0) {
      throw refused(`a change of "${change.id}" has the sequence number ${shown(change.seq)}: give an integer >= 0`);
    }
    if (change.kind !== "drop" && !(change.data instanceof Uint8Array)) {
      throw refused(`a change of "${change.id}" has ${shown(change.data)} as its data: give a Uint8Array`);
    }
  }
}

function refused(text: string): HoldfastError {
  return new HoldfastError("InvalidValue", text);
}
