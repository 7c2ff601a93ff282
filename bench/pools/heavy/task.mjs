import { openListening } from "./listen.mjs";

/** Piscina's own way to load before the first task: a promise of the function. */
export default openListening();
