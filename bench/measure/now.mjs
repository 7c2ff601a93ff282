/** Milliseconds on the one clock that all threads and processes of a machine share (`performance.now` differs). */
export function now() {
  return Number(process.hrtime.bigint()) / 1e6;
}
