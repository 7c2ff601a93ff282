import type { Clock } from "../clock.js";

/** The machine's clock as browsers and Node both have it; clock.ts needs Node's. */
export const portableClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  after(ms, callback, options) {
    const handle: unknown = setTimeout(callback, Math.min(Math.max(0, ms), 2_147_483_647));
    if (options?.background) (handle as { unref?: () => void }).unref?.();
    return { cancel: () => clearTimeout(handle as number) };
  },
};
