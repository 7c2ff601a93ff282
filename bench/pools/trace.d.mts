import type { Arrival } from "./clairvoyant.mjs";
export const COMPRESSION: number;
export const AIM_MS: number;
export const SHRINK_AFTER_MS: number;
export const terms: { min: number; max: number; targetWaitMs: number; stepMs: number };
export function readTrace(): { forMs: number; arrivals: Arrival[] };
