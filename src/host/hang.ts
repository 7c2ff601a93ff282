/** Blocks this thread for so long, as a handler that never returns would. What this turn has answered leaves before. */
export function hang(forMs: number): void {
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs));
}
