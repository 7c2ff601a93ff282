import { HoldfastError } from "../../errors.js";
import type { Isolation } from "../../host/host.js";
import { shown } from "../../known-keys.js";
import type { ActorOptions } from "../specs.js";

/** What `spare` each kind of standby asks for; a hot one leaves it open. */
const spareFor = { cold: "none", warm: "loaded", hot: undefined } as const;

/** The options with the spare that their standby asks for. */
export function withSpare(options: ActorOptions): ActorOptions {
  const spare = options.standby && spareFor[options.standby];
  return spare === undefined || options.spare !== undefined ? options : { ...options, spare };
}

/** @throws HoldfastError InvalidSpec for what is none, and beside what contradicts it */
export function checkStandby(isolation: Isolation, options: ActorOptions, field: string): void {
  const { standby, spare, cell, exclusive } = options;
  if (standby === undefined) return;
  const at = `${field}.standby`;
  if (!Object.hasOwn(spareFor, standby)) throw invalid(at, standby, 'give "cold", "warm" or "hot"');
  const wants = spareFor[standby];
  if (spare !== undefined && wants !== undefined && spare !== wants) {
    throw invalid(at, standby, `that is spare: ${shown(wants)}, and spare is ${shown(spare)}: leave one of them out`);
  }
  if (standby === "cold") return;
  if (isolation === "inline") {
    throw invalid(at, standby, "an inline actor's thread is this one: give it to thread() or fork()");
  }
  if (exclusive)
    throw invalid(at, standby, "an exclusive actor has nothing beside it, not even its load(): drop one of them");
  if (standby === "hot" && cell !== undefined) {
    throw invalid(
      at,
      standby,
      "what ends a shared cell ends several actors: give it to an actor with a cell of its own",
    );
  }
}

/**
 * Of a pool's member and an actor with keys.
 * @param instead what is there for the same, for people
 * @throws HoldfastError InvalidSpec for one that is hot
 */
export function refuseHot({ standby }: ActorOptions, field: string, instead: string): void {
  if (standby === "hot") throw invalid(`${field}.standby`, standby, instead);
}

function invalid(field: string, value: unknown, why: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `${field} is ${shown(value)}: ${why}`, { details: { field } });
}
