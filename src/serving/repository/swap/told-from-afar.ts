import type { SwapOptions } from "./swap-options.js";

/** What of a swap can be said over a wire; functions and samples are the server's own. */
export const toldFromAfar = {
  version: true,
  canary: true,
  requests: true,
  within: true,
  warmup: true,
  maxErrors: true,
  maxLatencyRatio: true,
  latencySlack: true,
  maxDrift: true,
  keepOld: true,
} as const satisfies { readonly [K in keyof SwapOptions]: true };

/** The options of a swap that somebody asks for from afar. */
export type RemoteSwapOptions = Pick<SwapOptions, keyof typeof toldFromAfar>;
