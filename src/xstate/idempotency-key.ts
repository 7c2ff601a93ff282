import type { AnyActorRef } from "xstate";
import { isMachineSnapshot } from "xstate";
import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";

/** @param sameForItsLife of an actor that was invoked or spawned once; a machine's changes with each turn */
type KeyOf = (sameForItsLife: boolean) => string;

/** On globalThis: the user's module may have another copy of the package than its host. */
const slot = Symbol.for("holdfast.xstate-keys");
const place = globalThis as { [slot]?: WeakMap<object, KeyOf> };
place[slot] ??= new WeakMap();
const keys = place[slot];

/** An actor of a machine that is about to start has a key. */
export function keyedBy(ref: object, key: KeyOf): void {
  keys.set(ref, key);
}

/**
 * A key for what an action or an invoked actor does outside: the same when it runs again after a crash or a restart, and
 * different for everything else, so that a payment or a letter that was made already can be told from a new one.
 *
 * In an action it names the event that is being taken (add a word of your own where several actions of one event act
 * outside); in `fromPromise` and its like, the one invocation. What a machine does in its very first state can get another
 * key when the machine dies before that state was kept.
 * @param self as XState hands it to actions, promises, callbacks and observables
 * @returns `<path>/<of the life it began with>/<turn>/<name>`
 * @throws HoldfastError Unavailable for an actor that no machine() runs
 * @example
 * import { fromPromise } from "xstate";
 * import { idempotencyKey } from "holdfast/xstate";
 * declare function pay(amount: number, options: { key: string }): Promise<string>;
 * const payment = fromPromise<string, { amount: number }>(({ input, self }) => pay(input.amount, { key: idempotencyKey(self) }));
 */
export function idempotencyKey(self: Pick<AnyActorRef, "getSnapshot">): string {
  const key = keys.get(self);
  if (key) return key(!isMachineSnapshot(self.getSnapshot()));
  throw new HoldfastError(
    "Unavailable",
    `idempotencyKey() got ${shown(self)}, which no machine() runs: give the self of an action or of an invoked actor`,
  );
}
