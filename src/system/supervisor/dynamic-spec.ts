import type { PropsOf } from "../../actor/actor.js";
import type { Ref } from "../../actor/ref.js";
import type { ChildOptions, SupervisorOptions } from "../../supervision/spec.js";
import { type ActorSpec, checkMember } from "../specs.js";
import type { ChildSpec } from "../unit.js";

export interface DynamicOptions extends Omit<SupervisorOptions, "strategy"> {
  /** How many children may be there at once. Default 100,000; `Infinity` only when written. */
  maxChildren?: number;
  /** How it is itself supervised. */
  child?: ChildOptions;
}

/** What reaches the children of a dynamic supervisor, and makes them. */
export interface DynamicRef<A> {
  readonly path: string;
  /**
   * Starts a child more from the template.
   * @param name unique among its siblings; default: a number that was never given here before
   * @param props in place of the template's
   * @returns its ref, when it is up
   * @throws HoldfastError StartFailed, and nothing is left of it; InvalidSpec: the name is taken; Unavailable: there are
   * `maxChildren` already, or the supervisor is down; Draining: the system stops
   */
  spawn(name?: string, props?: PropsOf<A>): Promise<Ref<A>>;
  /** The ref of a child by name; undefined where there is none. */
  child(name: string): Ref<A> | undefined;
  /**
   * Stops a child and forgets it; resolves when it is gone.
   * @throws HoldfastError InvalidSpec: there is no child of that name, or there is none any more
   */
  remove(name: string): Promise<void>;
  /** How many children there are. */
  readonly size: number;
}

export interface DynamicSpec<A = unknown> extends ChildSpec<DynamicRef<A>> {
  readonly kind: "dynamic";
}

/**
 * A supervisor whose children come and go while it runs, by thousands: sessions, jobs, devices. They owe each other
 * nothing: one that dies is restarted alone, all stop at the same time, and one that has ended is forgotten.
 * @param template what each child is made from; children of other kinds are added with `app.add(path, name, spec)`
 * @example dynamic(inline(Session), { maxChildren: 10_000 })
 */
export function dynamic<A = unknown>(template?: ActorSpec<A>, options: DynamicOptions = {}): DynamicSpec<A> {
  if (template !== undefined) checkMember(template, "dynamic");
  return {
    kind: "dynamic",
    member: template,
    async load() {
      const { loadDynamic } = await import("./dynamic-supervisor.js");
      return loadDynamic(template, options);
    },
  };
}
