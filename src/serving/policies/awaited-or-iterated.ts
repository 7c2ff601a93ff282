import { HoldfastError } from "../../errors.js";

/** An answer of which nobody knows whether it will be a stream: it can be awaited, and iterated. */
export function awaitedOrIterated(what: string, answer: Promise<unknown>): Promise<unknown> {
  return Object.assign(answer, {
    [Symbol.asyncIterator]() {
      // Who iterates hears of a failure there.
      answer.catch(() => {});
      return values(what, answer);
    },
  });
}

async function* values(what: string, answer: Promise<unknown>): AsyncGenerator<unknown> {
  const value = await answer;
  if (typeof value === "object" && value !== null && Symbol.asyncIterator in value) {
    yield* value as AsyncIterable<unknown>;
    return;
  }
  throw new HoldfastError("InvalidValue", `${what} has answered with a value: await it, there is no stream`);
}
