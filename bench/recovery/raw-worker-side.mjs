import { parentPort } from "node:worker_threads";

/** The worker's half of the hand-written contender: answers each message under its number. */
export function answerMessages(handler) {
  parentPort.on("message", async ({ id, input }) => parentPort.postMessage({ id, answer: await handler(input) }));
}
