import type { AnyActorRef } from "xstate";

/** The names of the children that lead to an actor of a machine, from the root on; [] for the root. */
export type ActorPath = readonly string[];

/** Where an actor of a machine is. */
export function pathOf(ref: AnyActorRef): ActorPath {
  const path: string[] = [];
  for (let at = ref; at._parent; at = at._parent) path.unshift(at.id);
  return path;
}

/** The actor at a path; undefined where none is. */
export function found(root: AnyActorRef, path: ActorPath): AnyActorRef | undefined {
  let at: AnyActorRef | undefined = root;
  for (const name of path) at = at && children(at)[name];
  return at;
}

/** Those that an actor of a machine has invoked or spawned, by name. */
export function children(ref: AnyActorRef): Readonly<Record<string, AnyActorRef>> {
  const { children: all } = ref.getSnapshot() as { children?: Record<string, AnyActorRef | undefined> };
  return Object.fromEntries(Object.entries(all ?? {}).filter(([, child]) => child !== undefined)) as Record<
    string,
    AnyActorRef
  >;
}

/**
 * XState keeps a child of `spawnChild()` without a name as "undefined", and forgets it with the next such one. It has a
 * name: it is kept under that.
 */
export function adopt(child: AnyActorRef): void {
  const parent = child._parent?.getSnapshot() as { children?: Record<string, AnyActorRef> } | undefined;
  if (!parent?.children || parent.children[child.id] === child) return;
  if (parent.children.undefined === child) delete parent.children.undefined;
  parent.children[child.id] = child;
}
