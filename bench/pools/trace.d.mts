import type { Arrival } from "./clairvoyant.mjs";
export const COMPRESSION: number;
export function readTrace(): { forMs: number; arrivals: Arrival[] };
