import { type ActorLog, noLog } from "../actor/actor-log.js";
import type { ActorSelf } from "../actor/lifecycle.js";
import type { TraceContext } from "../protocol/trace-context.js";
import type { ToHost } from "../transport/frames.js";
import { entryOf } from "./actor-number.js";
import type { EventRoom } from "./persisted.js";
import { Rare } from "./rare.js";
import type { Surroundings } from "./surroundings.js";
import { traceOfAsk } from "./trace-of-ask.js";

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

  /** See Actor.log. */
  get log(): ActorLog {
    const { log } = this.around;
    if (log === undefined) return noLog;
    this.unusual.log ??= log.of(this);
    return this.unusual.log;
  }

  /** The trace that what it asks now belongs to. */
  get trace(): TraceContext | undefined {
    return traceOfAsk(this.around, () => this.rare?.work?.current);
  }

  get open(): boolean {
    return this.phase === RUNNING;
  }

  get ended(): boolean {
    return this.phase === OVER;
  }

  /** Something of it still runs after its end; `settled` follows. */
  get lingers(): boolean {
    return (this.rare?.left?.size ?? 0) > 0;
  }

  /** Of an event-sourced one: for how many events there is room. */
  get room(): EventRoom | undefined {
    return this.rare?.room;
  }

  /** What was abandoned has settled; nobody hears of it. */
  late(token: object): void {
    const more = this.rare;
    if (!more?.left?.delete(token)) return;
    more.dropped++;
    const { id: actor, incarnation, path } = this;
    if (more.left.size === 0) this.around.send({ t: "settled", actor, incarnation, path, dropped: more.dropped });
  }

  protected leave(token: object, method: string): void {
    const more = this.unusual;
    more.left ??= new Map();
    more.left.set(token, method);
  }

  protected get phase(): number {
    return this.#standing & PHASE;
  }

  protected set phase(phase: number) {
    this.#standing = (this.#standing & ~PHASE) | phase;
  }

  /** What stood by goes on as this incarnation, which starts. */
  protected become(incarnation: number): void {
    this.#standing = (incarnation << NUMBER_FROM) | STARTING;
  }

  protected get unusual(): Rare {
    this.rare ??= new Rare();
    return this.rare;
  }
}
