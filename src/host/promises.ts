/** Also what throws when it is asked for its `then`: a rejection comes of it, as of `await`. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  try {
    return value instanceof Promise || typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
  } catch {
    return true;
  }
}

/** A thenable of the user's own may throw from its then(). */
export function follow(result: PromiseLike<unknown>, done: (value: unknown) => void, threw: (error: unknown) => void) {
  try {
    result.then(done, threw);
  } catch (error) {
    threw(error);
  }
}
