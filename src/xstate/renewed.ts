import { type AnyActorRef, type AnyMachineSnapshot, isMachineSnapshot } from "xstate";
import { children } from "./actor-paths.js";
import { type Marks, markOf, nameOf } from "./marks.js";

/** A timer that a state has. */
export interface NodeTimer {
  readonly ref: AnyActorRef;
  /** XState's name of it, and of its event. */
  readonly id: string;
  readonly delay: number;
  /** Its state is as it was stored: where it does not run, it has fired. */
  readonly same: boolean;
}

/**
 * The timers of the states that a machine and its children are in after a migration: which of those that were stored still
 * stand for something, and which have to begin, is told by them.
 */
export function timersOfStates(root: AnyActorRef, former: Marks): NodeTimer[] {
  const timers: NodeTimer[] = [];
  const walk = (ref: AnyActorRef) => {
    const snapshot: unknown = ref.getSnapshot();
    if (isMachineSnapshot(snapshot)) {
      for (const node of snapshot._nodes as AnyMachineSnapshot["_nodes"]) {
        const same = former[nameOf(ref, node)] === markOf(node);
        for (const { delay, eventType } of node.after) {
          timers.push({ ref, id: eventType, delay: resolved(delay, snapshot, ref), same });
        }
      }
    }
    for (const child of Object.values(children(ref))) walk(child);
  };
  walk(root);
  return timers;
}

/**
 * What a state invokes begins with the state; a migration that puts a machine into one has to say how far it is.
 * @returns what is missing, for people
 */
export function notInvoked(root: AnyActorRef, former: Marks): string | undefined {
  const walk = (ref: AnyActorRef): string | undefined => {
    const snapshot: unknown = ref.getSnapshot();
    const own = children(ref);
    for (const node of isMachineSnapshot(snapshot) ? (snapshot._nodes as AnyMachineSnapshot["_nodes"]) : []) {
      if (former[nameOf(ref, node)] === markOf(node)) continue;
      const missing = node.invoke.find(({ id }) => !(id in own));
      if (!missing) continue;
      const { id, src } = missing;
      return `state "${node.id}" invokes "${id}": add it to its children, { "${id}": { src: "${src}", snapshot: { status: "active" } } }`;
    }
    return Object.values(own)
      .map(walk)
      .find((why) => why !== undefined);
  };
  return walk(root);
}

/** Named delays are of the machine, and may be functions of the context. */
function resolved(delay: unknown, { machine, context }: AnyMachineSnapshot, self: AnyActorRef): number {
  const named: unknown = typeof delay === "string" ? machine.implementations.delays[delay] : delay;
  if (typeof named !== "function") return Number(named);
  return Number((named as (args: object) => unknown)({ context, event: { type: "xstate.init" }, self }));
}
