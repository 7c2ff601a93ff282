import type { ActorSelf } from "../actor/lifecycle.js";
import type { ToHost } from "../transport/frames.js";
import { entryOf } from "./actor-number.js";
import { Rare } from "./rare.js";
import type { Surroundings } from "./surroundings.js";

type Start = Pick<Extract<ToHost, { t: "start" }>, "actor" | "incarnation" | "above" | "name" | "key">;

export const STARTING = 0;
export const RUNNING = 1;
export const STOPPING = 2;
export const OVER = 3;

/*
 * An incarnation's number and its phase are one small integer, a word instead of two of each of a million:
 *
 *   bits 0, 1   phase        bits 2 …   number of the incarnation, below 2^26: see system/actor/phase.ts
 */
const PHASE = 0b11;
const NUMBER_FROM = 2;

/** One incarnation of an actor in its host: who it is, and where it is in its life. */
export class ActorIncarnation {
  readonly id: number;
  readonly around: Surroundings;
  protected rare: Rare | undefined = undefined;
  readonly #above: string;
  readonly #name: string | number;
  #standing: number;

  constructor({ actor, incarnation, above, name, key }: Start, around: Surroundings) {
    this.id = actor;
    this.around = around;
    this.#above = above;
    this.#name = name;
    this.#standing = (incarnation << NUMBER_FROM) | STARTING;
    if (key !== undefined) this.unusual.key = key;
  }

  get incarnation(): number {
    return this.#standing >> NUMBER_FROM;
  }

  get path(): string {
    return `${this.#above}/${this.#name}`;
  }

  get key(): string | undefined {
    return this.rare?.key;
  }

  /** Its first entry in the control block. */
  get slot(): number {
    return entryOf(this.id);
  }

  get shared(): unknown {
    return this.around.shared;
  }

  get self(): ActorSelf {
    return { path: this.path, key: this.key, incarnation: this.incarnation };
  }

  get open(): boolean {
    return this.phase === RUNNING;
  }

  get ended(): boolean {
    return this.phase === OVER;
  }

  protected get phase(): number {
    return this.#standing & PHASE;
  }

  protected set phase(phase: number) {
    this.#standing = (this.#standing & ~PHASE) | phase;
  }

  protected get unusual(): Rare {
    this.rare ??= new Rare();
    return this.rare;
  }
}
