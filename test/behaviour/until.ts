import { setTimeout as sleep } from "node:timers/promises";

/** Far above what a loaded machine needs: reaching it means that the condition will never hold. */
const GIVE_UP_AFTER_MS = 25_000;

/** Waits for a condition, however long the machine takes; fails with what was waited for. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const began = performance.now();
  while (!condition()) {
    if (performance.now() - began > GIVE_UP_AFTER_MS) throw new Error(`waited in vain for ${what}`);
    await sleep(2);
  }
}
