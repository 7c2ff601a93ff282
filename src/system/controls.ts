import type { Clock } from "../clock.js";
import { DEFAULT_DRAIN, DEFAULT_HANG, DRAIN_LOOK_MS, LONGEST_HANG } from "../defaults.js";
import { type Duration, milliseconds } from "../duration.js";
import { HoldfastError } from "../errors.js";
import { onlyKnownKeys } from "../known-keys.js";
import { takesNoMore } from "./not-an-actor.js";
import type { Unit } from "./unit.js";

/** How an operator drains what is at a path. */
export interface DrainOptions {
  /** How long to wait until it has finished what it has. Default 10 s. */
  readonly within?: Duration;
  /** Who wants it so, for people. Default "app.drain()". */
  readonly by?: string;
}

/** How an operator has something hang. */
export interface HangOptions {
  /** Whose cell, of a keyed group. */
  readonly key?: string;
  /** How long its event loop is blocked, if its limits do not end it before. Default 5 min, at most 1 h. */
  readonly for?: Duration;
  /** Who wants it so, for the death report. Default "app.hang()". */
  readonly by?: string;
}

/** Looks at what takes long get seldom, ms. */
const SELDOM_MS = 100;

/** @returns whether it has finished what it had, within the time given: it is drained in any case */
export async function drain(unit: Unit, clock: Clock, options: DrainOptions, stopping: boolean): Promise<boolean> {
  onlyKnownKeys(options, { within: true, by: true }, "drain()");
  const { hold } = unit;
  if (!hold) throw partOfGroup(unit);
  if (stopping) throw takesNoMore(unit.path);
  const began = clock.now();
  const until = began + milliseconds(options.within ?? DEFAULT_DRAIN, "within");
  hold.pause(options.by ?? "app.drain()");
  const left = () => unit.unfinished?.() ?? unit.pending();
  // Somebody may resume it meanwhile: then nothing is waited for any more.
  const goesOn = () => unit.hold?.paused === true;
  while (left() > 0 && goesOn() && clock.now() < until) {
    const pause = Math.max(DRAIN_LOOK_MS, Math.min(SELDOM_MS, (clock.now() - began) / 10));
    await new Promise<void>((resolve) => clock.after(Math.min(pause, until - clock.now()), resolve));
  }
  return left() === 0 && goesOn();
}

/** @returns whether it was drained */
export function resume(unit: Unit): boolean {
  if (!unit.hold) throw partOfGroup(unit);
  return unit.hold.resume();
}

/** @returns whether something was running there */
export function hang(unit: Unit, options: HangOptions): boolean {
  onlyKnownKeys(options, { key: true, for: true, by: true }, "hang()");
  const forMs = milliseconds(options.for ?? DEFAULT_HANG, "for");
  const most = milliseconds(LONGEST_HANG, "for");
  if (forMs > most) {
    throw new HoldfastError("InvalidValue", `for is ${forMs} ms: give at most ${most}, or kill it instead`);
  }
  if (!unit.hang) {
    const fix = "name an actor, or one member of a pool";
    throw new HoldfastError("InvalidSpec", `${unit.path} cannot be made to hang: it has no host of its own: ${fix}`);
  }
  return unit.hang(forMs, options.by ?? "app.hang()", options.key);
}

function partOfGroup({ path }: Unit): HoldfastError {
  return new HoldfastError(
    "InvalidSpec",
    `${path} is part of a keyed group, which alone can be drained: name the group`,
  );
}
