import type { ActorClass } from "../actor/actor.js";
import type { Lifecycle } from "../actor/lifecycle.js";
import type { ToHost } from "../transport/frames.js";
import { type ResolveRef, unpack } from "../transport/values.js";
import { migrateEvent } from "./migrated.js";
import { ownCopy } from "./own-copy.js";
import { applied } from "./persist.js";
import type { Surroundings } from "./surroundings.js";
import { inHook } from "./threw-in.js";

interface Steps {
  /** A frame's events are applied: the next may come. */
  replayed(): void;
  /** All are. */
  done(): void;
  failed(error: unknown): void;
}

/**
 * The state of an event-sourced actor is built again:
 *
 *   start ─▶ restore(snapshot) ─▶ events ─▶ apply()* ─▶ replayed ─▶ events … last ─▶ apply()* ─▶ start()
 *
 * They come in frames of some, a few ahead: neither side holds them all, and between two of them the host hears other actors.
 */
export class Rebuilding {
  readonly #actor: Lifecycle;
  readonly #around: Surroundings;
  readonly #refs: ResolveRef;
  readonly #steps: Steps;
  /** What came so far is applied, in order. */
  #soFar: Promise<void>;

  /** @param restored by restore(), which may take its time */
  constructor(restored: void | Promise<void>, actor: Lifecycle, around: Surroundings, refs: ResolveRef, steps: Steps) {
    this.#actor = actor;
    this.#around = around;
    this.#refs = refs;
    this.#steps = steps;
    this.#soFar = Promise.resolve(restored);
    this.#soFar.catch((error) => steps.failed(error));
  }

  take(frame: Extract<ToHost, { t: "events" }>): void {
    const before = this.#soFar;
    this.#soFar = before.then(() => this.#apply(frame));
    this.#soFar.then(
      () => (frame.last ? this.#steps.done() : this.#steps.replayed()),
      // What failed before it has been told.
      (error) => before.then(() => this.#steps.failed(error)).catch(() => {}),
    );
  }

  #apply({ events, version }: Extract<ToHost, { t: "events" }>): void {
    const { actorClass } = this.#around;
    for (const event of unpack(ownCopy(this.#around, events), this.#refs) as unknown[]) {
      const current = version === undefined ? event : migrateEvent(actorClass as ActorClass, event, version);
      applied(inHook("apply()", () => this.#actor.apply!(current as never)));
    }
  }
}
