import { useLayoutEffect, useReducer } from "preact/hooks";

/** A value that changes, and whoever wants to know. What is set last is what counts: nothing is queued. */
export class Live<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** The value now; the component is drawn again with the frame after it changed. */
export function useLive<T>(live: Live<T>): T {
  const [, again] = useReducer<number, void>((n) => n + 1, 0);
  const { value } = live;
  useLayoutEffect(() => {
    // It may have changed between the drawing and this.
    if (!Object.is(live.value, value)) again();
    return live.subscribe(() => again());
  }, [live]);
  return value;
}
