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
  const eventSourced = "apply" in actorClass.prototype;
  const replayable = saves || eventSourced;
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
  const [state, needs] = eventSourced
    ? ["apply()", "an event belongs to the one message that runs"]
    : ["snapshot()", "a snapshot needs a moment at which nothing runs"];
  if (replayable && concurrency > 1) {
    throw new HoldfastError(
      "InvalidSpec",
      `${path}: ${actorClass.name} has ${state} and concurrency ${concurrency}: ${needs}; use concurrency 1`,
    );
  }
  const changes = replayable && Object.keys(methods).find((name) => methods[name]!.mutates);
  if (changes) {
    throw new HoldfastError(
      "InvalidSpec",
      `${path}: ${actorClass.name}.methods.${changes} says mutates, and the class has ${state}: a message that runs again on the restored state would find what its first run has changed; drop one of them`,
    );
  }
  const { version } = actorClass;
  if (version !== undefined && (!Number.isSafeInteger(version) || version < 1)) {
    throw new HoldfastError(
      "InvalidSpec",
      `${path}: ${actorClass.name}.version is ${shown(version)}: give a whole number from 1, and raise it by one where the shape of its state changes`,
    );
  }
  const hooks = {
    ...(version === undefined ? {} : { version }),
    ...(actorClass.load ? { loads: true as const } : {}),
    ...(saves ? { saves: true as const } : {}),
    ...(eventSourced ? { eventSourced: true as const } : {}),
  };
  return { methods, replayable, concurrency, ...hooks };
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
