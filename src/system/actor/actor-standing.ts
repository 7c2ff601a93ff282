import { entryOf } from "../../host/actor-number.js";
import type { MailboxLimits } from "../../mailbox/mailbox.js";
import type { ChildRules } from "../../supervision/spec.js";
import type { Packed } from "../../transport/frames.js";
import type { Cell, CellDeath } from "../cell/cell.js";
import type { SystemContext } from "../context.js";
import type { Remains } from "../death/after-death.js";
import type { DeathCause } from "../death/report.js";
import type { HandleOptions } from "./handle-options.js";
import { DOWN, incarnationIn, PHASE, PLAIN, PRESENT, STARTING, STOPPING, startOfNext, UP } from "./phase.js";
import type { SpawnRequest } from "./spawned.js";
import { Unusual } from "./unusual.js";

/**
 * Who an actor is and where it is in its life, as the parent knows it.
 *
 * Of this and what extends it there may be a million: each field is a word of each. So they are one object, not several
 * that know each other, and their private methods are TypeScript's: JavaScript's own cost an object a word per class.
 */
export abstract class ActorStanding {
  id = -1;
  cell: Cell | undefined = undefined;
  /** See phase.ts. */
  #standing = DOWN;
  protected rare: Unusual | undefined = undefined;

  /** The path of what it is below. */
  abstract readonly above: string;
  abstract readonly name: string;
  abstract readonly key: string | undefined;
  abstract readonly context: SystemContext;
  abstract readonly options: HandleOptions;
  /** The bounds of a mailbox of its own. */
  abstract readonly limits: MailboxLimits;
  abstract readonly rules: ChildRules;
  /** Its own, where actors of one cell differ in them; undefined: the cell's. */
  abstract readonly props: Packed | undefined;
  /** As its host is told it. */
  protected abstract readonly called: string | number;
  /** Its start is done; mail follows. */
  protected abstract onUp(): void;
  /** After it had been running, a handler or timer of it threw, or it ended by its own wish. The cell lives. */
  protected abstract onOver(remains: Remains): void;
  /** A message was settled: service is there. */
  protected abstract onServed(): void;
  /** Its cell is gone, or it was ended in it by force. */
  protected abstract onLost(death: CellDeath): void;
  /** A message is past its limit, in a cell where it is ended alone. */
  protected abstract onHung(cause: DeathCause): void;
  /** Its actor asks for a child. @throws HoldfastError why there is none */
  abstract spawn(request: SpawnRequest): Promise<unknown>;

  get path(): string {
    return `${this.above}/${this.name}`;
  }

  get incarnation(): number {
    return incarnationIn(this.#standing);
  }

  get entry(): number {
    return entryOf(this.id);
  }

  serves(incarnation: number): boolean {
    return incarnation === this.incarnation && this.phase !== DOWN;
  }

  get up(): boolean {
    return this.phase === UP;
  }

  /** Its incarnation has no stop() that wants to be called. */
  protected get plain(): boolean {
    return (this.#standing & PLAIN) !== 0;
  }

  protected set plain(is: boolean) {
    this.#standing = is ? this.#standing | PLAIN : this.#standing & ~PLAIN;
  }

  protected get phase(): number {
    return this.#standing & PHASE;
  }

  protected set phase(phase: number) {
    this.#standing = (this.#standing & ~PHASE) | phase;
  }

  /** The host may hold this incarnation, and run what was delivered to it. */
  protected get present(): boolean {
    return (this.#standing & PRESENT) !== 0;
  }

  protected set present(is: boolean) {
    this.#standing = is ? this.#standing | PRESENT : this.#standing & ~PRESENT;
  }

  protected get unusual(): Unusual {
    this.rare ??= new Unusual();
    return this.rare;
  }

  /** Drops what says nothing any more. */
  protected tidy(): void {
    if (this.rare?.over) this.rare = undefined;
  }

  get changing(): boolean {
    const { phase } = this;
    return phase === STARTING || phase === STOPPING;
  }

  /** The next incarnation starts. */
  protected next(): void {
    this.#standing = startOfNext(this.#standing);
  }
}
