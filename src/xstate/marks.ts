import { type AnyActorRef, type AnyMachineSnapshot, isMachineSnapshot } from "xstate";
import { children, pathOf } from "./actor-paths.js";

/** By state: what its stored form depends on. Only states that a machine is in, or remembers, are named. */
export type Marks = Readonly<Record<string, string>>;

type Node = AnyMachineSnapshot["_nodes"][number];

/**
 * What the stored state of a machine relies on, as text to be compared and shown: for each state that it is in, its kind, its
 * timers and what it invokes. Events, guards and actions may change freely: they say what happens next, not what is.
 *
 *   { "door.open": "atomic, after 30000, invokes 0.door.open" }
 */
export function marksOf(root: AnyActorRef): Marks {
  const found: Record<string, string> = {};
  const walk = (ref: AnyActorRef) => {
    const snapshot: unknown = ref.getSnapshot();
    if (isMachineSnapshot(snapshot)) {
      const remembered = Object.values(snapshot.historyValue as Record<string, Node[]>).flat();
      for (const node of [...(snapshot._nodes as Node[]), ...remembered]) found[nameOf(ref, node)] = markOf(node);
    }
    for (const child of Object.values(children(ref))) walk(child);
  };
  walk(root);
  return found;
}

/** A state among those of all the machines of a system. */
export function nameOf(ref: AnyActorRef, { id }: Node): string {
  return [...pathOf(ref), id].join(": ");
}

/** A machine's states are the same for as long as it is there. */
const marks = new WeakMap<Node, string>();

export function markOf(node: Node): string {
  const known = marks.get(node);
  if (known !== undefined) return known;
  const { type, config, invoke } = node;
  const after = Object.keys((config.after as object | undefined) ?? {}).map((delay) => `after ${delay}`);
  const mark = [type, ...after, ...invoke.map(({ id }) => `invokes ${id}`)].join(", ");
  marks.set(node, mark);
  return mark;
}

/** What has changed between two, for people; undefined where nothing has. */
export function changed(stored: Marks, now: Marks): string | undefined {
  const gone = Object.keys(stored).find((name) => !(name in now));
  const come = Object.keys(now).find((name) => !(name in stored));
  if (gone !== undefined) return `state "${gone}", which it is in or remembers, is not there any more`;
  if (come !== undefined) return `state "${come}" was not there, and it would be in it`;
  const other = Object.keys(stored).find((name) => stored[name] !== now[name]);
  return other === undefined ? undefined : `state "${other}" was: ${stored[other]}; it is: ${now[other]}`;
}
