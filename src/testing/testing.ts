/** The door of holdfast/testing: what tests of an app need and an app does not. */

// time and chance
export { type Chance, seededChance } from "../clock.js";
// the life that every child lives, as a machine
export { lifeMachine } from "../supervision/machine.js";
// expectations
export type { Within } from "./expectations.js";
// faults
export type { Faults, When } from "./faults.js";
export { faulty } from "./faulty.js";
// a stand-in for an actor
export { type Answers, type Probe, probe } from "./probe.js";
export type { AnyReceived, Received } from "./received.js";
export { type Recording, recording } from "./recording.js";
export { type SettledOptions, settled } from "./settled.js";
// a whole system under test
export { stopTestSystems, type TestSystem, type TestSystemOptions, testSystem } from "./test-system.js";
export { until } from "./until.js";
export { VirtualClock } from "./virtual-clock.js";
