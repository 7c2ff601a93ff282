import type { ActorSelf } from "../actor/lifecycle.js";
import type { Timer } from "../clock.js";
import type { Packed, ToHost } from "../transport/frames.js";
import { ActorRunner } from "./actor-runner.js";
import { HeldTimers } from "./held-timers.js";
import { overNow } from "./over-now.js";
import { EventRoom } from "./persisted.js";
import { Rebuilding } from "./rebuilding.js";

type Start = Extract<ToHost, { t: "start" }>;

/**
 * An actor that stands by for another one, until it is what it stood by for.
 *
 *   without state   new, start() ──────────────────────────────────────────────▶ promoted: it serves
 *   snapshots       new, restore() ─▶ a newer one: new, restore() ─▶ … ────────▶ promoted: start(), and it serves
 *   events          new, restore(), apply()* ─▶ more: apply()* ─▶ … ───────────▶ promoted: start(), and it serves
 *
 * What is restored is always a new object, as after a crash: `restore` may count on it. And start() finds the state that it
 * goes on with, once: timers and what else it sets going are not there twice.
 */
export class StandbyRunner extends ActorRunner {
  readonly #timers = new HeldTimers();
  #serves = false;
  /** As it was begun, but for its state: that is a newer one each time. */
  #started: Start | undefined;
  #up = false;

  override get self(): ActorSelf {
    return this.#serves ? super.self : { ...super.self, standby: true };
  }

  override start(start: Start): void {
    this.#started = { ...start, state: undefined };
    super.start(start);
  }

  /** Takes a newer snapshot. */
  follow(state: Packed): void {
    this.#timers.clear();
    this.rare?.life?.abort(overNow());
    if (this.rare) this.rare.life = undefined;
    super.start({ ...this.#started!, state, version: undefined });
  }

  override events(frame: Extract<ToHost, { t: "events" }>): void {
    this.unusual.rebuilding ??= new Rebuilding(undefined, this.actor!, this.around, this.refs, this);
    super.events(frame);
  }

  /** Its state is as it was told. */
  override done(): void {
    if (this.#serves || !this.#keeps) {
      super.done();
      return;
    }
    this.unusual.rebuilding = undefined;
    if (this.ended) return;
    const { id: actor, incarnation } = this;
    this.around.send({ t: this.#up ? "followed" : "started", actor, incarnation });
    this.#up = true;
  }

  /** It is the actor from here on. */
  promote({ incarnation, rebuild }: Start): void {
    const { around, slot } = this;
    this.#serves = true;
    this.become(incarnation);
    for (let entry = slot; entry < slot + around.facts.concurrency; entry++) around.control.clear(entry, incarnation);
    if (!this.#keeps) {
      this.started();
      return;
    }
    if (rebuild) this.unusual.room = new EventRoom(around.facts.saves === true, rebuild.roomEvents, rebuild.roomBytes);
    this.#timers.release(around.clock, (ms, callback) => super.after(ms, callback));
    this.done();
  }

  override after(ms: number, callback: () => unknown): Timer {
    if (this.#serves || !this.#keeps) return super.after(ms, callback);
    return this.#timers.hold(this.around.clock, ms, callback);
  }

  get #keeps(): boolean {
    return this.around.facts.replayable;
  }
}
