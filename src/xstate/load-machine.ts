import type { AnyActorLogic } from "xstate";
import { HoldfastError, toError } from "../errors.js";
import { cannotLoad } from "../host/cannot-load.js";
import { shown } from "../known-keys.js";
import type { Migrate } from "./machine-types.js";

/** A machine with what is known of its versions. */
export interface LoadedMachine {
  readonly logic: AnyActorLogic;
  readonly version: string | number | undefined;
  readonly migrate: Migrate | undefined;
}

/**
 * The machine of a module: the named export, else the default one, else the only one that is actor logic.
 * @throws HoldfastError StartFailed, InvalidSpec saying what the module exports and what to write
 */
export async function loadMachine(module: string, named: string | undefined): Promise<LoadedMachine> {
  const exports: Record<string, unknown> = await import(module).catch((error: unknown) => {
    throw cannotLoad(module, toError(error));
  });
  const { version, migrate } = exports;
  return machineOf(logicOf(exports, module, named), version, migrate, module);
}

/** @throws HoldfastError InvalidSpec for a version or a migration that is none */
export function machineOf(logic: AnyActorLogic, version: unknown, migrate: unknown, field: string): LoadedMachine {
  const own = version ?? (logic as { version?: unknown }).version;
  if (own !== undefined && typeof own !== "string" && typeof own !== "number") {
    throw invalid(`${field}: version is ${shown(own)}: give a number or a text`);
  }
  if (migrate !== undefined && typeof migrate !== "function") {
    throw invalid(`${field}: migrate is ${shown(migrate)}: give a function, (state, from) => state`);
  }
  return { logic, version: own, migrate: migrate as Migrate | undefined };
}

/** Whether a value is what XState makes actors of. */
export function isLogic(value: unknown): value is AnyActorLogic {
  if (typeof value !== "object" || value === null) return false;
  const { transition, getInitialSnapshot } = value as Partial<AnyActorLogic>;
  return typeof transition === "function" && typeof getInitialSnapshot === "function";
}

function logicOf(exports: Record<string, unknown>, module: string, named: string | undefined): AnyActorLogic {
  const there = Object.keys(exports).join(", ") || "nothing";
  if (named !== undefined) {
    const chosen = exports[named];
    if (isLogic(chosen)) return chosen;
    throw invalid(`${module} has no XState logic exported as "${named}": it exports ${there}`);
  }
  if (isLogic(exports.default)) return exports.default;
  const found = Object.entries(exports).filter(([, value]) => isLogic(value));
  if (found.length === 1) return found[0]![1] as AnyActorLogic;
  throw invalid(
    found.length === 0
      ? `${module} exports no XState logic (it exports ${there}): write "export const door = createMachine({ … })"`
      : `${module} exports several logics (${found.map(([name]) => name).join(", ")}): say which with { export: "${found[0]![0]}" }`,
  );
}

function invalid(message: string): HoldfastError {
  return new HoldfastError("InvalidSpec", message);
}
