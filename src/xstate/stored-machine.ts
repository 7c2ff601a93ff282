import { type AnyActorRef, isMachineSnapshot } from "xstate";
import { HoldfastError, messageOf } from "../errors.js";
import { shown } from "../known-keys.js";
import { found } from "./actor-paths.js";
import type { LoadedMachine } from "./load-machine.js";
import { changed, type Marks, marksOf } from "./marks.js";
import { notInvoked } from "./renewed.js";
import type { StoredTimer } from "./timers.js";

/** What XState's getPersistedSnapshot() gives, as far as it is looked at here. */
export interface StoredSnapshot {
  readonly status: "active" | "done" | "error" | "stopped";
  readonly value?: unknown;
  readonly context?: unknown;
  readonly output?: unknown;
  readonly historyValue?: Readonly<Record<string, readonly { readonly id: string }[]>>;
  readonly children?: Readonly<Record<string, { readonly src: unknown; readonly snapshot: StoredSnapshot }>>;
  readonly [part: string]: unknown;
}

/** A machine between two messages, as plain data. */
export interface StoredMachine {
  /** Of this record. */
  readonly form: 1;
  /** Of the machine; undefined where it has none. */
  readonly version: string | number | undefined;
  /** When it was made anew: two lives of one place have different keys. */
  readonly life: string;
  readonly turn: number;
  readonly machine: StoredSnapshot;
  readonly marks: Marks;
  /** It has been migrated: its marks before. Never stored. */
  readonly former?: Marks;
  readonly timers: readonly StoredTimer[];
  readonly lastTimer: number;
  /** By path: the turn in which a child began. */
  readonly began: Readonly<Record<string, number>>;
}

/**
 * What was stored, as this version of the machine has it.
 * @throws HoldfastError StateRefused for what is no stored machine of a form known here, or of another version of it
 */
export function readStored(state: unknown, place: string, loaded: LoadedMachine): StoredMachine {
  const { form, machine, timers, marks, began, turn } = (state ?? {}) as Partial<StoredMachine>;
  const whole =
    form === 1 &&
    typeof machine?.status === "string" &&
    Array.isArray(timers) &&
    typeof marks === "object" &&
    typeof began === "object" &&
    Number.isSafeInteger(turn);
  if (whole) return migrated(state as StoredMachine, loaded, place);
  const text = `${place}: what is stored is no machine of form 1 (it is ${shown(state)}, form ${shown(form)})`;
  throw refused(place, `${text}: another actor was at this path, or a newer holdfast wrote it`, { stored: form });
}

function migrated(stored: StoredMachine, { version, migrate }: LoadedMachine, place: string): StoredMachine {
  if (stored.version === version) return stored;
  const versions = { stored: stored.version, expected: version };
  const what = `${place}: the stored state is of ${versionText(stored.version)}, the machine of ${versionText(version)}`;
  if (!migrate) {
    throw refused(place, `${what}: export migrate(state, from) beside it, or put the version back`, versions);
  }
  const machine = migrate(stored.machine, stored.version) as StoredSnapshot | undefined;
  if (typeof machine?.status === "string") return { ...stored, version, machine, former: stored.marks };
  throw refused(place, `${what}, and migrate() returned ${shown(machine)}: return a state as it got one`, versions);
}

/**
 * XState makes of a stored state what it can, and leaves out what it cannot: children whose logic is gone, states that are
 * not remembered any more, timers of states that have others now. So both are compared.
 * @throws HoldfastError StateRefused naming what has changed
 */
export function checkRestored(root: AnyActorRef, stored: StoredMachine, place: string): void {
  const why = whatHasChanged(root, stored);
  if (why === undefined) return;
  const fix = stored.former ? "mend its migrate()" : "give the machine another version and a migrate(), or put it back";
  throw refused(place, `${place}: the stored state does not fit the machine: ${why}: ${fix}`, {
    stored: stored.version,
  });
}

function whatHasChanged(root: AnyActorRef, { machine, marks, timers, former }: StoredMachine): string | undefined {
  const now = root.getSnapshot() as StoredSnapshot & { readonly error?: unknown };
  if (now.status === "error" && machine.status !== "error") return messageOf(now.error);
  const gone = childrenGone(root, machine, []);
  if (gone !== undefined || former) return gone ?? notInvoked(root, former!);
  return (
    changed(marks, marksOf(root)) ??
    (isMachineSnapshot(now) && JSON.stringify(now.value) !== JSON.stringify(machine.value)
      ? `its value was ${JSON.stringify(machine.value)} and would be ${JSON.stringify(now.value)}`
      : undefined) ??
    timers
      .filter(({ from, to }) => !found(root, from) || !found(root, to))
      .map(({ id }) => `nobody is there for the timer "${id}"`)[0]
  );
}

function childrenGone(root: AnyActorRef, { children }: StoredSnapshot, path: readonly string[]): string | undefined {
  for (const [name, { src, snapshot }] of Object.entries(children ?? {})) {
    const child = [...path, name];
    if (!found(root, child))
      return `the logic "${String(src)}" of its child "${child.join("/")}" is not there any more`;
    const below = childrenGone(root, snapshot, child);
    if (below !== undefined) return below;
  }
  return undefined;
}

function refused(place: string, message: string, details: Record<string, unknown>): HoldfastError {
  return new HoldfastError("StateRefused", message, { details: { path: place, ...details } });
}

function versionText(version: unknown): string {
  return version === undefined ? "no version" : `version ${shown(version)}`;
}
