import { Actor, type ActorClass } from "../actor/actor.js";
import { HoldfastError } from "../errors.js";

/**
 * The actor class of a module: the named export, else the default export, else its only Actor subclass.
 * Another copy of the package may have made the class, so "is an Actor" is asked of the chain by name too.
 * @throws HoldfastError InvalidSpec saying what the module exports and what to write
 */
export function findActorClass(module: unknown, url: string, exportName: string | undefined): ActorClass {
  if (isActorClass(module)) return module;
  const exports = module as Record<string, unknown>;
  if (exportName !== undefined) {
    const chosen = exports[exportName];
    if (isActorClass(chosen)) return chosen;
    throw new HoldfastError(
      "InvalidSpec",
      `${url} has no Actor subclass exported as "${exportName}": it exports ${names(exports)}`,
    );
  }
  if (isActorClass(exports.default)) return exports.default;
  const found = Object.entries(exports).filter(([, value]) => isActorClass(value));
  if (found.length === 1) return found[0]![1] as ActorClass;
  throw new HoldfastError(
    "InvalidSpec",
    found.length === 0
      ? `${url} exports no Actor subclass (it exports ${names(exports)}): write "export class Name extends Actor"`
      : `${url} exports several Actor subclasses (${found.map(([name]) => name).join(", ")}): say which with { export: "${found[0]![0]}" }`,
  );
}

/** Whether a class extends Actor, this package's or another copy's. */
export function isActorClass(value: unknown): value is ActorClass {
  if (typeof value !== "function" || typeof value.prototype !== "object") return false;
  if (value.prototype instanceof Actor) return true;
  for (
    let parent = Object.getPrototypeOf(value);
    typeof parent === "function";
    parent = Object.getPrototypeOf(parent)
  ) {
    if (parent.name === "Actor") return true;
  }
  return false;
}

function names(exports: Record<string, unknown>): string {
  return Object.keys(exports).join(", ") || "nothing";
}
