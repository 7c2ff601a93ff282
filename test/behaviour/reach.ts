import { castingFrom } from "./casting.js";

/** One actor of the cast in reach.mjs at an isolation level. */
export const reach = castingFrom(new URL("../actors/reach.mjs", import.meta.url));
