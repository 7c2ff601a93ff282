import { HoldfastError } from "./errors.js";

/** Every option of `T` by name: the compiler sees that none is missing and none is made up. */
export type KeysOf<T> = Readonly<Record<keyof T & string, true>>;

/**
 * Refuses options that nobody would read: in plain JavaScript a mistyped one would be ignored in silence.
 * @param field what the options belong to, quoted by the error: `app/digits.mailbox`
 * @throws InvalidSpec naming the field, the key and the one that was probably meant
 */
export function onlyKnownKeys(options: unknown, known: Readonly<Record<string, true>>, field: string): void {
  if (options === undefined) return;
  const names = Object.keys(known);
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new HoldfastError(
      "InvalidSpec",
      `${field} is ${shown(options)}: give an object with options (${names.join(", ")})`,
      { details: { field } },
    );
  }
  for (const key of Object.keys(options)) {
    if (Object.hasOwn(known, key)) {
      if ((options as Record<string, unknown>)[key] !== null) continue;
      throw new HoldfastError("InvalidSpec", `${field}.${key} is null: leave it out for what holds without it`, {
        details: { field: `${field}.${key}`, key },
      });
    }
    const near = nearest(key, names);
    throw new HoldfastError(
      "InvalidSpec",
      `${field} has no option "${key}"${near ? `: did you mean "${near}"?` : ""} (there are: ${names.join(", ")})`,
      { details: { field: `${field}.${key}`, key } },
    );
  }
}

/** A value that is not what it should be, for an error's text; never what is in it. */
export function shown(value: unknown): string {
  if (value === undefined || value === null || typeof value === "number" || typeof value === "boolean")
    return `${value}`;
  if (typeof value === "string") return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (typeof value === "function") return shownFunction(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  if (Array.isArray(value)) return "an array";
  if (value instanceof URL) return `the URL ${value.href}`;
  const { kind } = value as { kind?: unknown };
  return typeof kind === "string" ? `${kind === "actor" ? "an" : "a"} ${kind} spec` : "an object";
}

function shownFunction(value: { readonly name: string }): string {
  if (!/^class\b/.test(Function.prototype.toString.call(value))) return "a function";
  return value.name === "" ? "a class without a name" : `class ${value.name}`;
}

/** The name that was probably meant; undefined where none is near. */
export function nearest(key: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, steps: distance(key.toLowerCase(), name.toLowerCase()) }))
    .sort((one, other) => one.steps - other.steps);
  const best = ranked[0];
  return best && best.steps <= Math.max(2, Math.floor(best.name.length / 3)) ? best.name : undefined;
}

/** Levenshtein's: letters to add, drop or change. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
