/*
 * One shape for every contender:
 *
 *   tell   ▶▶▶▶▶▶▶▶ … flood of `size`, then one ask that is answered when the flood has been handled
 *   ask    ▶◀▶◀▶◀▶◀ …  one after the other
 */

const MEASURE_MS = 700;
const WARM_MS = 400;
const CHECK_EVERY = 64;

/** @param {() => unknown} tell @param {() => Promise<unknown>} ask @param {number} size messages of one flood */
export function tellsPerSecond(tell, ask, size) {
  return perSecond(async () => {
    for (let n = 1; n < size; n++) tell();
    await ask();
    return size;
  });
}

/** @param {() => Promise<unknown>} ask */
export function asksPerSecond(ask) {
  return perSecond(async () => {
    for (let n = 0; n < CHECK_EVERY; n++) await ask();
    return CHECK_EVERY;
  });
}

/** @param {() => Promise<number>} some resolves with how many it was */
export async function perSecond(some) {
  await counted(some, WARM_MS);
  return counted(some, MEASURE_MS);
}

async function counted(some, ms) {
  const began = process.hrtime.bigint();
  const until = began + BigInt(ms) * 1_000_000n;
  let count = 0;
  let now = began;
  for (; now < until; now = process.hrtime.bigint()) count += await some();
  return Math.round((count * 1e9) / Number(now - began));
}
