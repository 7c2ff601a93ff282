/**
 * How what knows nothing of actors, a model's runtime, says that native code runs: the host it is in marks its phase.
 * On globalThis, because the user's module may resolve another copy of the package than the host did.
 */
type Marked = <T>(run: () => T) => T;

const slot = Symbol.for("holdfast.native");
const place = globalThis as { [slot]?: Marked };

/** Of a host that is one cell's alone: what runs there runs in that cell. */
export function markNative(marked: Marked): void {
  place[slot] = marked;
}

/** Calls `run`, marked as native code until it returns or its promise settles; plainly where nobody keeps a record. */
export function inNative<T>(run: () => T): T {
  return place[slot] ? place[slot](run) : run();
}
