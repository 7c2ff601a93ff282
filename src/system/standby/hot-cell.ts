import { toError } from "../../errors.js";
import type { CellSpec } from "../../host/booting.js";
import type { OnKept } from "../actor/kept-state.js";
import type { Guest } from "../actor/lodging.js";
import { OwnCell } from "../actor/own-cell.js";
import type { SystemContext } from "../context.js";
import type { Begun } from "../unit.js";
import type { Follower } from "./follower.js";
import { Standby } from "./standby.js";
import { StandbyCell } from "./standby-cell.js";
import { PROMOTED_WITHIN_MS } from "./standby-pace.js";

/**
 * A cell for one actor alone, with a replica in another one that takes its place:
 *
 *   place ─▶ a replica follows? ── yes ─▶ its cell is the actor's: nothing boots
 *              │ no                        └─ it dies on the way, too ─┐
 *              └──────────────────────────────────────────────────────▶ as without one: a spare, or a cold host
 */
export class HotCell extends OwnCell {
  readonly #context: SystemContext;
  readonly #standby: Standby;

  constructor(context: SystemContext, spec: CellSpec, path: string) {
    super(context, spec, path);
    this.#context = context;
    this.#standby = new Standby(context, spec);
  }

  get standby(): "ready" | "starting" | undefined {
    return this.#standby.standing;
  }

  /** To be told of each change of what is kept of the actor's state. */
  get onKept(): OnKept {
    return this.#standby.onKept;
  }

  override place(guest: Guest): Promise<Begun> {
    const begun = new Promise<Begun>((resolve, reject) => {
      this.#standby.take(guest.attempt.signal, (follower) => {
        const placed = follower ? this.#promote(follower, guest) : super.place(guest);
        placed.then(resolve, reject);
      });
    });
    void begun.then(
      (how) => how === "ready" && this.#standby.primaryUp(),
      () => {},
    );
    return begun;
  }

  override release(): void {
    this.#standby.stop();
    super.release();
  }

  protected override get make(): typeof StandbyCell {
    return StandbyCell;
  }

  async #promote(follower: Follower, guest: Guest): Promise<Begun> {
    const { cell } = follower;
    guest.onHost("standby");
    const silent = () => cell.kill({ kind: "killed", by: "the runtime: a standby that did not answer" });
    const late = cell.facts.replayable ? undefined : this.#context.clock.after(PROMOTED_WITHIN_MS, silent);
    try {
      return await guest.enter(cell, guest.withinMs);
    } catch (error) {
      if (cell.alive || guest.attempt.givenUp) throw error;
      // It is gone as its primary is: what the parent holds of it is enough.
      this.#standby.diedWhenPromoted(follower, toError(error));
      return super.place(guest);
    } finally {
      late?.cancel();
    }
  }
}
