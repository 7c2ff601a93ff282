import { openListener } from "./listen.mjs";

/** Piscina's own way to load before the first task: a promise of the function. The thread is ready when it has settled. */
export default openListener();
