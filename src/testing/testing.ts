/** The door of holdfast/testing: what tests of an app need and an app does not. */

export { type Chance, seededChance } from "../clock.js";
export { VirtualClock } from "./virtual-clock.js";
