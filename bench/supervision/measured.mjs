import { median, rounded } from "../measure/stats.mjs";

/** The part of the rounds that only warm the compiler up. */
const WARM = 0.2;

/** Microseconds from a stamp in nanoseconds, as a number, to one as a bigint. */
export const after = (fromNs, toNs) => (Number(toNs) - fromNs) / 1000;

/**
 * Runs rounds one after the other.
 * @param {number} rounds
 * @param {(n: number) => Promise<number>} round resolves with the microseconds that count
 */
export async function timed(rounds, round) {
  const warm = Math.ceil(rounds * WARM);
  for (let n = 0; n < warm; n++) await round(n);
  const samples = [];
  const began = process.hrtime.bigint();
  for (let n = 0; n < rounds; n++) samples.push(await round(n));
  const seconds = after(Number(began), process.hrtime.bigint()) / 1e6;
  return { p50_us: rounded(median(samples)), per_second: Math.round(rounds / seconds) };
}

/** Heap and what is held outside it, array buffers included, after garbage was collected (node --expose-gc). */
export function used() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Milliseconds that it takes. */
export async function taking(work) {
  const began = process.hrtime.bigint();
  await work();
  return after(Number(began), process.hrtime.bigint()) / 1000;
}

/** The result of a child process, for the bench that started it. */
export function report(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
}
