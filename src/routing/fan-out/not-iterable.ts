import { HoldfastError } from "../../errors.js";

/**
 * The answer of a call to several members whose method may be a stream: awaited, it is what it is; who iterates it hears
 * there why there is nothing to iterate, and nothing is left unhandled.
 * @param path of the pool
 */
export function notIterable(path: string, method: string, answer: Promise<unknown>): Promise<unknown> {
  return Object.assign(answer, {
    [Symbol.asyncIterator]() {
      answer.catch(() => {});
      return nothing(path, method, answer);
    },
  });
}

// biome-ignore lint/correctness/useYield: it only ever throws
async function* nothing(path: string, method: string, answer: Promise<unknown>): AsyncGenerator<never> {
  await answer;
  throw new HoldfastError("InvalidValue", `${path}: ${method} has answered with a value: await it, there is no stream`);
}
