import type { ActorTable } from "../../host/actor-table.js";
import { cameFrom } from "../../mailbox/asker.js";
import type { Message } from "../../mailbox/message.js";
import type { CellMember } from "./cell-member.js";

/**
 * Tries the suspects of a death again, each alone: one at a time, in the order they come, with nothing else in the cell
 * beside it. What it asks for in the same cell, itself or through others, is part of it and goes on.
 *
 *   a suspect is next ─▶ line ─▶ nothing is with the host ─▶ alone ─▶ answered: innocent
 *                          │                                   └─ the host dies: guilty
 *                          ├─ until then, and while it runs, the rest of the mail waits in order
 *                          └─ its caller gives up: the line goes on without it
 */
export class Trials {
  readonly #cell: object;
  readonly #members: ActorTable<CellMember>;
  readonly #apart: boolean;
  readonly #line = new Set<CellMember>();
  readonly #alone = new Map<CellMember, Message>();

  /** Suspects whose end is heard of here. */
  readonly #heard = new WeakSet<Message>();
  readonly #over: () => void;

  /**
   * @param apart its members die each alone: what one tries is nothing to the others
   * @param over called when none waits and none is on trial
   */
  constructor(cell: object, members: ActorTable<CellMember>, apart: boolean, over: () => void) {
    this.#over = over;
    this.#cell = cell;
    this.#members = members;
    this.#apart = apart;
  }

  /** Whether a member may hand over the next of its mail now. */
  admits(member: CellMember, next: Message): boolean {
    if (next.suspect) this.#hearOf(next);
    const within = cameFrom(next, this.#cell);
    if (within && !next.suspect) return true;
    // Who asked for it in this very cell waits for it, and would be waited for.
    if (this.#apart || within) return this.#admitsBeside(member, next);
    if (next.suspect) this.#line.add(member);
    if (this.#alone.size > 0) return false;
    const first = this.#first();
    if (!first) return !next.suspect;
    if (first !== member || !next.suspect || !this.#quiet(member)) return false;
    this.#line.delete(member);
    this.#alone.set(member, next);
    return true;
  }

  /** A message of that member was settled, or its incarnation is over. */
  settled(member: CellMember): void {
    const tried = this.#alone.get(member);
    if (tried && tried.place !== "delivered") this.#alone.delete(member);
    this.#next();
  }

  left(member: CellMember): void {
    this.#alone.delete(member);
    this.#line.delete(member);
    this.#next();
  }

  /** Others wait for one that waits: where nobody wants it any more they go on, after whoever gave it up. */
  #hearOf(suspect: Message): void {
    if (this.#heard.has(suspect)) return;
    this.#heard.add(suspect);
    suspect.atItsEnd(() => queueMicrotask(() => this.#next()));
  }

  #admitsBeside(member: CellMember, next: Message): boolean {
    if (this.#alone.has(member)) return false;
    if (!next.suspect) return true;
    if (member.executing > 0) return false;
    this.#alone.set(member, next);
    return true;
  }

  /** Those whose suspect is no longer next (its caller gave up, another of the pool took it) leave the line. */
  #first(): CellMember | undefined {
    for (const member of this.#line) {
      if (member.holdsSuspect) return member;
      this.#line.delete(member);
    }
    return undefined;
  }

  #quiet(tried: CellMember): boolean {
    for (const one of this.#members.values()) if (one.executing > 0 || (one.changing && one !== tried)) return false;
    return true;
  }

  #next(): void {
    if (this.#alone.size > 0 && !this.#apart) return;
    this.#first()?.pump();
    if (this.#alone.size > 0 || this.#line.size > 0) return;
    this.#over();
    for (const member of [...this.#members.values()]) member.pump();
  }
}
