import type { ActorClass } from "../../actor/actor.js";
import {
  DEFAULT_GRACE,
  DEFAULT_MAILBOX_BYTES,
  DEFAULT_MAILBOX_MESSAGES,
  DEFAULT_MAX_SPAWNED,
  DEFAULT_WINDOW,
} from "../../defaults.js";
import { milliseconds } from "../../duration.js";
import { HoldfastError } from "../../errors.js";
import type { CellSpec } from "../../host/booting.js";
import type { Isolation } from "../../host/host.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import type { MailboxLimits } from "../../mailbox/mailbox.js";
import type { Preset } from "../../supervision/presets.js";
import { type ChildRules, childKeys, childRules } from "../../supervision/spec.js";
import { pack } from "../../transport/values.js";
import type { SystemContext } from "../context.js";
import { durability, needsStore } from "../durable/durable-options.js";
import { checkMemory, memoryLimits } from "../memory/memory-options.js";
import type { ActorOptions, ActorSpec, MailboxOptions } from "../specs.js";
import { HotCell } from "../standby/hot-cell.js";
import { checkStandby, withSpare } from "../standby/standby-options.js";
import type { LoadedSpec, Place } from "../unit.js";
import { ActorFamily } from "./actor-family.js";
import type { ActorPlan } from "./actor-plan.js";
import { OwnCell } from "./own-cell.js";

const actorKeys: KeysOf<ActorOptions> = {
  ...childKeys,
  mailbox: true,
  export: true,
  heapMb: true,
  memory: true,
  spare: true,
  standby: true,
  window: true,
  snapshotEvery: true,
  exclusive: true,
  cell: true,
  grace: true,
  maxChildren: true,
  durable: true,
};
const mailboxKeys: KeysOf<MailboxOptions> = { messages: true, bytes: true, overflow: true };

/** An actor spec with what pools and keyed groups need of it too. */
export interface LoadedActor extends LoadedSpec {
  readonly isolation: Isolation;
  readonly options: ActorOptions;
  cell(context: SystemContext, path: string, rules: ChildRules): CellSpec;
  /** @throws HoldfastError InvalidSpec naming the field */
  mailbox(path: string): MailboxLimits;
}

const noProps = pack(undefined, "props");

/** @throws HoldfastError InvalidValue when the props cannot be sent */
export function loadActor({ isolation, runs, props: given, options: written }: ActorSpec): LoadedActor {
  const options = withSpare(written);
  const props = pack(given, "props");
  const mailbox = (path: string) => mailboxLimits(options.mailbox, `${path}.mailbox`);
  let home: SystemContext | undefined;
  /** Which system it becomes part of is not known before. */
  const refuseForeignRefs = (context: SystemContext) => {
    if (props.special === true && home !== context) pack(given, "props", "copy", context.identity);
    home = context;
  };
  const cell = (context: SystemContext, path: string, rules: ChildRules): CellSpec => {
    refuseForeignRefs(context);
    return {
      isolation,
      module: typeof runs === "string" ? runs : context.inline.register(runs),
      exportName: options.export,
      props,
      heapMb: options.heapMb,
      memory: memoryLimits(options.memory),
      spare: options.spare ?? "empty",
      exclusive: options.exclusive ?? false,
      bootWithinMs: rules.startTimeoutMs,
      path,
    };
  };
  /** What was checked once is valid for all that are made from it. */
  let checked: { readonly preset: Preset; readonly rules: ChildRules } | undefined;
  /** The plan of the one made last: where a supervisor makes a million from one template, it is that of all. */
  let latest: ActorPlan | undefined;
  const sharedPlan = (of: Omit<Place, "name" | "preset"> & Pick<ActorPlan, "context">, runs: ActorClass): ActorPlan => {
    const { context, path, rules, tally } = of;
    if (latest?.context === context && latest.rules === rules && latest.tally === tally) return latest;
    // Without a load() a cell needs no props; its first actor's would be held as long as there are such cells.
    const booted = runs.load ? props : noProps;
    const lodging = context.lodgings.shared(runs, props.value, () => ({
      ...cell(context, path, rules),
      props: booted,
    }));
    latest = lodging.plan({ ...bounds(path), tally, context, rules, lodging });
    return latest;
  };
  const bounds = (path: string) => {
    const { window = DEFAULT_WINDOW, snapshotEvery, maxChildren = DEFAULT_MAX_SPAWNED } = options;
    const durable = durability(options.durable, `${path}.durable`);
    return { window, snapshotEvery, graceMs: graceMs(options, path), maxChildren, mailbox: mailbox(path), durable };
  };
  return {
    isolation,
    options,
    cell,
    mailbox,
    rules: (field, preset) => {
      if (checked?.preset === preset) return checked.rules;
      checkMemory(isolation, options, field);
      checkCell(isolation, options, field);
      checkStandby(isolation, written, field);
      checked = { preset, rules: actorRules(options, field, preset) };
      return checked.rules;
    },
    create(context, { name, path, rules, tally }) {
      refuseForeignRefs(context);
      if (options.durable && !context.store) throw needsStore(path);
      const alone = options.exclusive || options.export !== undefined || !context.hosts.shares(isolation);
      if (options.cell !== undefined) {
        const lodging = context.lodgings.mates(options.cell, cell(context, path, rules));
        lodging.admit(props.value, path);
        return new ActorFamily(name, { ...bounds(path), tally, context, rules, lodging }, props);
      }
      if (options.standby === "hot") {
        const lodging = new HotCell(context, cell(context, path, rules), path);
        return new ActorFamily(name, { ...bounds(path), tally, onKept: lodging.onKept, context, rules, lodging });
      }
      if (typeof runs === "string" || alone) {
        const lodging = new OwnCell(context, cell(context, path, rules), path);
        return new ActorFamily(name, { ...bounds(path), tally, context, rules, lodging });
      }
      return new ActorFamily(name, sharedPlan({ context, path, rules, tally }, runs), runs.load ? undefined : props);
    },
  };
}

function actorRules(options: ActorOptions, field: string, preset: Preset): ChildRules {
  onlyKnownKeys(options, actorKeys, field);
  positiveInteger(options.window, `${field}.window`);
  positiveInteger(options.snapshotEvery, `${field}.snapshotEvery`);
  positiveInteger(options.heapMb, `${field}.heapMb`);
  if (options.heapMb !== undefined && options.heapMb < LEAST_HEAP_MB) {
    throw invalid(`${field}.heapMb`, options.heapMb, `${LEAST_HEAP_MB} or more: a host cannot even start in less`);
  }
  positiveInteger(options.maxChildren, `${field}.maxChildren`);
  if (options.spare !== undefined && !["none", "empty", "loaded"].includes(options.spare)) {
    throw invalid(`${field}.spare`, options.spare, '"none", "empty" or "loaded"');
  }
  if (options.exclusive !== undefined && typeof options.exclusive !== "boolean") {
    throw invalid(`${field}.exclusive`, options.exclusive, "true or false");
  }
  if (options.exclusive && options.spare === "loaded") {
    throw invalid(
      `${field}.spare`,
      options.spare,
      '"empty" or "none": an exclusive actor\'s load() must not run beside it',
    );
  }
  graceMs(options, field);
  durability(options.durable, `${field}.durable`);
  mailboxLimits(options.mailbox, `${field}.mailbox`);
  return childRules(options, field, preset);
}

/** @throws HoldfastError InvalidSpec for a name that is none, and beside what is of one actor alone */
function checkCell(isolation: Isolation, { cell, exclusive, memory }: ActorOptions, field: string): void {
  if (cell === undefined) return;
  const at = `${field}.cell`;
  if (typeof cell !== "string" || cell === "") throw invalid(at, cell, "a name");
  if (isolation === "inline")
    throw invalid(at, cell, "it to thread() or fork(): inline actors of a class share a cell");
  if (exclusive) throw invalid(at, cell, "one of cell and exclusive: an exclusive actor is alone in its host");
  if (memory) throw invalid(at, cell, "one of cell and memory: what a host holds is not one actor's there");
}

/** @throws HoldfastError InvalidSpec naming the field */
export function graceMs({ grace = DEFAULT_GRACE }: ActorOptions, field: string): number {
  return milliseconds(grace, `${field}.grace`);
}

/** MB. With 4 a thread spends all its time collecting garbage before it has loaded anything; 8 hold a small actor. */
const LEAST_HEAP_MB = 8;

/** One for all who say nothing else. */
const standard: MailboxLimits = {
  messages: DEFAULT_MAILBOX_MESSAGES,
  bytes: DEFAULT_MAILBOX_BYTES,
  overflow: "refuse",
};

/** @throws HoldfastError InvalidSpec naming the field */
function mailboxLimits(options: MailboxOptions = {}, field: string): MailboxLimits {
  onlyKnownKeys(options, mailboxKeys, field);
  const { messages = standard.messages, bytes = standard.bytes, overflow = standard.overflow } = options;
  positiveInteger(messages, `${field}.messages`);
  positiveInteger(bytes, `${field}.bytes`);
  if (!["refuse", "drop-oldest", "wait"].includes(overflow)) {
    throw invalid(`${field}.overflow`, overflow, '"refuse", "drop-oldest" or "wait"');
  }
  const isStandard = messages === standard.messages && bytes === standard.bytes && overflow === standard.overflow;
  return isStandard ? standard : { messages, bytes, overflow };
}

export function positiveInteger(value: number | undefined, field: string): void {
  if (value === undefined || (Number.isInteger(value) && value > 0)) return;
  throw invalid(field, value, "a whole number above 0");
}

function invalid(field: string, value: unknown, fix: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `${field} is ${shown(value)}: give ${fix}`, { details: { field } });
}
