import { type ActorClass, isRemoteName } from "../actor/actor.js";
import type { ActorFacts, DeclaredMethod, MethodFacts, MethodOptions } from "../actor/methods.js";
import { DEFAULT_METHOD_LIMIT } from "../defaults.js";
import { type Duration, milliseconds } from "../duration.js";
import { HoldfastError } from "../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../known-keys.js";
import { HOST_ENTRIES } from "./actor-number.js";

/**
 * Reads a class once: its callable methods with what it declares about them. This list is the allow-list at run time;
 * TypeScript's `private` methods exist there too, so name what must not be called with `#` or `_`.
 * @throws HoldfastError InvalidSpec for options of a method that does not exist, an option that does not, or a contradiction
 */
export function factsOf(actorClass: ActorClass, path: string): ActorFacts {
  const declared = actorClass.methods ?? {};
  if (typeof declared !== "object" || Array.isArray(declared)) {
    throw new HoldfastError(
      "InvalidSpec",
      `${path}: ${actorClass.name}.methods is ${shown(declared)}: give an object, { classify: { idempotent: true } }`,
    );
  }
  const methods: Record<string, MethodFacts> = Object.create(null);
  for (let level = actorClass.prototype as object; level; level = Object.getPrototypeOf(level)) {
    if (level === Object.prototype || level.constructor.name === "Actor") break;
    for (const name of Object.getOwnPropertyNames(level)) {
      const value = Object.getOwnPropertyDescriptor(level, name)?.value as unknown;
      if (typeof value !== "function" || !isRemoteName(name) || name in methods) continue;
      methods[name] = methodFacts(value, declared[name] ?? {}, `${path}: ${actorClass.name}.methods.${name}`);
    }
  }
  const unknown = Object.keys(declared).find((name) => !(name in methods));
  if (unknown !== undefined) {
    throw new HoldfastError(
      "InvalidSpec",
      `${path}: ${actorClass.name}.methods names "${unknown}", which is no public method (there are: ${Object.keys(methods).join(", ")})`,
    );
  }
  const saves = "snapshot" in actorClass.prototype;
  const replayable = saves && "restore" in actorClass.prototype;
  if (saves !== "restore" in actorClass.prototype) {
    const [has, lacks] = saves ? ["snapshot", "restore"] : ["restore", "snapshot"];
    throw new HoldfastError(
      "InvalidSpec",
      `${path}: ${actorClass.name} has ${has}() and no ${lacks}(): its state would be lost at each death; write both, or neither`,
    );
  }
  const concurrency = actorClass.concurrency ?? 1;
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > HOST_ENTRIES) {
    throw new HoldfastError(
      "InvalidSpec",
      `${path}: ${actorClass.name}.concurrency is ${shown(concurrency)}: give an integer from 1 to ${HOST_ENTRIES}, ` +
        "as many messages as one host may execute",
    );
  }
  const { onThrow = "crash" } = actorClass;
  if (onThrow !== "crash" && onThrow !== "reply") {
    throw new HoldfastError(
      "InvalidSpec",
      `${path}: ${actorClass.name}.onThrow is ${shown(onThrow)}: give "crash" or "reply"`,
    );
  }
  if (replayable && concurrency > 1) {
    throw new HoldfastError(
      "InvalidSpec",
      `${path}: ${actorClass.name} has snapshot() and concurrency ${concurrency}: a snapshot needs a moment at which nothing runs; use concurrency 1`,
    );
  }
  const changes = replayable && Object.keys(methods).find((name) => methods[name]!.mutates);
  if (changes) {
    throw new HoldfastError(
      "InvalidSpec",
      `${path}: ${actorClass.name}.methods.${changes} says mutates, and the class has snapshot(): a message that runs again on the restored state would find what its first run has changed; drop one of them`,
    );
  }
  return { methods, replayable, concurrency, ...(actorClass.load ? { loads: true } : {}) };
}

const methodKeys: KeysOf<MethodOptions> = {
  idempotent: true,
  limit: true,
  reveal: true,
  borrows: true,
  mutates: true,
  stream: true,
};
const flags = ["idempotent", "reveal", "borrows", "mutates", "stream"] as const;

/** What functions are that are written with a star. */
const generators: readonly object[] = [
  Object.getPrototypeOf(async function* () {}) as object,
  Object.getPrototypeOf(function* () {}) as object,
];

function methodFacts(method: object, options: DeclaredMethod, field: string): MethodFacts {
  onlyKnownKeys(options, methodKeys, field);
  for (const flag of flags) {
    const value: unknown = options[flag];
    if (value === undefined || typeof value === "boolean") continue;
    throw new HoldfastError("InvalidSpec", `${field}.${flag} is ${shown(value)}: give true or false`, {
      details: { field: `${field}.${flag}` },
    });
  }
  const limitMs = milliseconds((options.limit as Duration | undefined) ?? DEFAULT_METHOD_LIMIT, `${field}.limit`);
  if (limitMs === 0) {
    throw new HoldfastError(
      "InvalidSpec",
      `${field}.limit is ${shown(options.limit)}: every run would count as hung; give the longest one that is honest, or Infinity`,
      { details: { field: `${field}.limit` } },
    );
  }
  if (options.mutates && options.idempotent) {
    throw new HoldfastError(
      "InvalidSpec",
      `${field} says idempotent and mutates: a second run would find what the first has changed; drop one of them`,
      { details: { field } },
    );
  }
  return {
    idempotent: options.idempotent ?? false,
    limitMs,
    learns: options.limit === undefined,
    reveal: options.reveal ?? false,
    ...(options.borrows ? { borrows: true } : {}),
    ...(options.mutates ? { mutates: true } : {}),
    stream: options.stream ?? generators.includes(Object.getPrototypeOf(method) as object),
  };
}
