import { OutputStream } from "./output-stream.js";
import { given } from "./own-copy.js";
import type { Running } from "./running.js";
import type { Surroundings } from "./surroundings.js";

/** Sends what a handler streams, value by value. @returns how many that were */
export function runStream(
  running: Running,
  source: AsyncIterable<unknown> | Iterable<unknown>,
  around: Surroundings,
): Promise<number> {
  const { actor, incarnation, seq } = running.call;
  running.stream = new OutputStream((value) =>
    around.send({ t: "part", actor, incarnation, seq, value: given(value, "a streamed value") }),
  );
  return running.stream.run(source);
}
