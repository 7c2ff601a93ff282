import { messageOf } from "./errors.js";

/**
 * Calls a function of the user's that nobody waits for. `failed` hears the message of what it throws, at once or, as an async
 * function does, later; nobody else hears of it, and nothing ends for it.
 */
export function guarded(call: () => unknown, failed: (message: string) => void): void {
  const fail = (error: unknown) => failed(messageOf(error));
  try {
    const answer = call();
    if (isThenable(answer)) Promise.resolve(answer).then(undefined, fail);
  } catch (error) {
    fail(error);
  }
}

/**
 * Tells a listener of the user's. One that throws, or rejects, is warned of (`HOLDFAST_LISTENER`) and disturbs nobody else.
 * @param of what it listens to: "system events"
 */
export function tellListener<News>(listener: (news: News) => unknown, news: News, of: string): void {
  guarded(
    () => listener(news),
    (message) => warn(`a listener of ${of} threw: ${message}`),
  );
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === "function";
}

/** Clients tell their listeners in browsers too, which have no warnings of a process. */
function warn(text: string): void {
  const { process: node } = globalThis as { process?: Partial<Pick<NodeJS.Process, "emitWarning">> };
  if (node?.emitWarning) node.emitWarning(text, { code: "HOLDFAST_LISTENER" });
  else console.error(text);
}
