import type { AnyActorLogic } from "xstate";
import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";
import { type ActorSpec, fork, inline, moduleUrl, thread } from "../system/specs.js";
import { isLogic, type LoadedMachine, machineOf } from "./load-machine.js";
import { MachineActor, type MachineProps } from "./machine-actor.js";
import type { InlineMachineOptions, Machine, MachineOptions } from "./machine-types.js";
import { ModuleMachine } from "./module-machine.js";

type Given<Options> = Partial<Options> extends Options ? [options?: Options] : [options: Options];

/** A forgotten type argument makes the url parameter say what to write. */
type Url<L> = [L] extends [never]
  ? "write machine<typeof yourMachine>(url): the type says which events it takes"
  : URL | string;

/**
 * Any XState 5 logic as a supervised actor: `createMachine`, `setup().createMachine`, `fromTransition`, `fromPromise`,
 * `fromObservable`, `fromCallback`. Its state, its timers, its invoked and spawned children go through crashes, and with
 * `durable` and a store through restarts of the program: docs/xstate.md says how, and what runs twice.
 *
 * @param logic the module that exports it (see MachineOptions), or the logic itself, which then runs in this thread
 * @returns its ref takes events: `ref.ask.send(event)`, `ref.tell.send(event)`, `ref.ask.getSnapshot()`, `ref.ask.can(event)`
 * @throws HoldfastError InvalidSpec for an option that is none
 * @example
 * import { supervisor, system } from "holdfast";
 * import { machine } from "holdfast/xstate";
 * import { createMachine } from "xstate";
 * const lock = createMachine({
 *   initial: "shut",
 *   states: { shut: { on: { open: "open" } }, open: { after: { 30_000: "shut" }, on: { shut: "shut" } } },
 * });
 * const app = await system(supervisor({}, { lock: machine(lock) }));
 * const { value } = await app.refs.lock.ask.send({ type: "open" }); // "open"
 */
export function machine<L extends AnyActorLogic>(
  logic: L,
  ...options: Given<InlineMachineOptions<L>>
): ActorSpec<Machine<L>>;
export function machine<L extends AnyActorLogic = never>(
  url: Url<L>,
  ...options: Given<MachineOptions<L>>
): ActorSpec<Machine<L>>;
export function machine(what: unknown, given: object = {}): ActorSpec<unknown> {
  const { input, emits, whenDone, isolation, version, migrate, ...rest } = given as OwnOptions;
  if (whenDone !== undefined && whenDone !== "stay" && whenDone !== "stop") {
    throw invalid("whenDone", `machine().whenDone is ${shown(whenDone)}: give "stay" or "stop"`);
  }
  if ("snapshotEvery" in rest) {
    const why = "a machine is kept with every message: run again later, its timers would begin later";
    throw invalid("snapshotEvery", `machine() got snapshotEvery ${shown(rest.snapshotEvery)}: leave it out, ${why}`);
  }
  const props = { input, emits, whenDone };
  if (isLogic(what)) {
    if (isolation !== undefined && isolation !== "inline") {
      const fix = 'give the URL of the module that exports it, new URL("./door.js", import.meta.url)';
      throw invalid("isolation", `machine() got logic itself, which cannot go to a ${shown(isolation)}: ${fix}`);
    }
    return inline(classOf(machineOf(what, version, migrate, "machine()")), props, rest);
  }
  if (version !== undefined || migrate !== undefined) {
    const text = "machine() got a version or a migrate() beside a URL: export them from that module";
    throw invalid(version === undefined ? "migrate" : "version", text);
  }
  const { export: named, ...options } = rest;
  const ofModule: MachineProps = { ...props, module: moduleUrl(what, "machine"), export: named };
  const member = new URL("./module-machine.js", import.meta.url);
  switch (isolation) {
    case undefined:
    case "thread":
      return thread<MachineActor>(member, ofModule, options);
    case "fork":
      return fork<MachineActor>(member, ofModule, options);
    case "inline":
      return inline(ModuleMachine, ofModule, options);
    default:
      throw invalid("isolation", `machine().isolation is ${shown(isolation)}: give "inline", "thread" or "fork"`);
  }
}

type OwnOptions = Omit<MachineProps, "module" | "export"> &
  MachineOptions<AnyActorLogic> &
  Pick<InlineMachineOptions<AnyActorLogic>, "version" | "migrate">;

/** One for each logic: inline actors of one class share a cell. */
const classes = new WeakMap<AnyActorLogic, typeof MachineActor>();

function classOf(loaded: LoadedMachine): typeof MachineActor {
  const plain = loaded.migrate === undefined && loaded.version === (loaded.logic as { version?: unknown }).version;
  const known = plain ? classes.get(loaded.logic) : undefined;
  if (known) return known;
  const made = class Machine extends MachineActor {
    static load(): LoadedMachine {
      return loaded;
    }
  };
  if (plain) classes.set(loaded.logic, made);
  return made;
}

function invalid(field: string, message: string): HoldfastError {
  return new HoldfastError("InvalidSpec", message, { details: { field: `machine().${field}` } });
}
