import type { AnyActorRef, AnyEventObject } from "xstate";
import type { Timer } from "../clock.js";
import { type ActorPath, pathOf } from "./actor-paths.js";
import type { Relay, Scheduler } from "./internals.js";
import type { Around } from "./interpreter.js";
import type { NodeTimer } from "./renewed.js";

/** A delayed event as it is stored: it is due at a time of day, whichever program is there then. */
export interface StoredTimer {
  readonly timer: number;
  /** XState's name of it, by which it is cancelled. */
  readonly id: string;
  readonly from: ActorPath;
  readonly to: ActorPath;
  readonly event: AnyEventObject;
  /** ms since 1970. */
  readonly due: number;
  /** As the machine asked for it, ms. */
  readonly delay: number;
}

interface Armed extends Omit<StoredTimer, "from" | "to"> {
  readonly source: AnyActorRef;
  readonly target: AnyActorRef;
  running: Timer | undefined;
}

/** Node's timers hold 24.8 days; longer ones are waited for in pieces. */
const LONGEST_PIECE_MS = 2 ** 30;

/**
 * The delayed events of a machine (`after`, `raise` and `sendTo` with a delay), as data: stored with its state, and armed
 * again where it is restored, with the time that is left.
 *
 *   schedule ─▶ armed ─▶ due: told as what happened ─▶ (mailbox) ─▶ fire: taken off, and delivered, in one turn
 *                 └─ cancel                                              └─ one that is not there any more: nothing
 */
export class Timers implements Scheduler {
  readonly #around: Around;
  readonly #armed = new Map<number, Armed>();
  #stored: readonly StoredTimer[];
  /** The number of the one made last. */
  last: number;

  constructor(around: Around, stored: readonly StoredTimer[], last: number) {
    this.#around = around;
    this.#stored = stored;
    this.last = last;
  }

  schedule(source: AnyActorRef, target: AnyActorRef, event: AnyEventObject, delay: number, id?: string): void {
    const timer = ++this.last;
    const name = id ?? `delayed-${timer}`;
    this.cancel(source, name);
    const due = this.#around.wallTime() + delay;
    this.#arm({ timer, id: name, source, target, event, due, delay, running: undefined });
  }

  cancel(source: AnyActorRef, id: string): void {
    this.#drop((one) => one.source === source && one.id === id);
  }

  cancelAll(of: AnyActorRef): void {
    this.#drop((one) => one.source === of);
  }

  /**
   * Those that were stored, where both ends of them are there again.
   * @param states of a machine that was migrated: timers of states that it is not in any more end, those of other states begin
   */
  arm(at: (path: ActorPath) => AnyActorRef | undefined, states?: readonly NodeTimer[]): void {
    // Those that were due meanwhile fire in the order in which they were.
    for (const { from, to, ...rest } of [...this.#stored].sort((one, other) => one.due - other.due)) {
      const [source, target] = [at(from), at(to)];
      if (!source || !target) continue;
      const stands = states?.some(({ ref, id }) => ref === source && id === rest.id) ?? true;
      if (stands || !rest.id.startsWith("xstate.after.")) this.#arm({ ...rest, source, target, running: undefined });
    }
    this.#stored = [];
    for (const { ref, id, delay, same } of states ?? []) {
      if (!same && !this.#has(ref, id)) this.schedule(ref, ref, { type: id }, delay, id);
    }
  }

  fire(timer: number, relay: Relay): void {
    const one = this.#armed.get(timer);
    if (!one) return;
    one.running?.cancel();
    this.#armed.delete(timer);
    relay(one.source, one.target, one.event);
  }

  stored(): StoredTimer[] {
    return [...this.#armed.values()].map(({ timer, id, source, target, event, due, delay }) => {
      return { timer, id, from: pathOf(source), to: pathOf(target), event, due, delay };
    });
  }

  clear(): void {
    this.#drop(() => true);
  }

  /** A clock that was set back in between lengthens no wait beyond what was asked for. */
  #arm(one: Armed): void {
    this.#armed.set(one.timer, one);
    this.#wait(one, Math.min(Math.max(0, one.due - this.#around.wallTime()), Math.max(0, one.delay)));
  }

  #wait(one: Armed, left: number): void {
    if (left === Number.POSITIVE_INFINITY) return;
    const piece = Math.min(left, LONGEST_PIECE_MS);
    one.running = this.#around.after(piece, () => {
      if (left > piece) this.#wait(one, left - piece);
      else this.#around.happened({ kind: "timer", timer: one.timer });
    });
  }

  #has(source: AnyActorRef, id: string): boolean {
    return [...this.#armed.values()].some((one) => one.source === source && one.id === id);
  }

  #drop(which: (one: Armed) => boolean): void {
    for (const one of [...this.#armed.values()].filter(which)) {
      one.running?.cancel();
      this.#armed.delete(one.timer);
    }
  }
}
