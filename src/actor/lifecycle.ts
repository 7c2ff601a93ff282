import type { ignore } from "./ignore.js";

/** Who an actor is: its place in the tree, its key, and how many times it has been built. */
export interface ActorSelf {
  readonly path: string;
  readonly key: string | undefined;
  /** 0 in a replica that stands by. */
  readonly incarnation: number;
  /** It is the replica of an actor with `standby: "hot"`, and has not taken over. */
  readonly standby?: true;
}

/** What start() may answer. */
type Started = undefined | void | typeof ignore;

/** Lifecycle methods an actor class may have. They are never callable from outside. */
export interface Lifecycle {
  /** Light; makes one actor. Answer `ignore` when there is nothing to do here. */
  start?(): Started | Promise<Started>;
  stop?(): void | Promise<void>;
  /** Plain data from which `restore` can rebuild this state. Called while no message of the actor executes. */
  snapshot?(): unknown;
  restore?(state: never): void | Promise<void>;
  /**
   * What an event does to this state: called by `persist()`, and again for each stored event when the state is rebuilt. It
   * depends on nothing but the state and the event, and does nothing outside. With it a class is event-sourced.
   */
  apply?(event: never): void;
}
