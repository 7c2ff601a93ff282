import type { SupervisorAction } from "../../../src/supervision/messages.js";
import type { SupervisorState } from "../../../src/supervision/state.js";
import { type Before, must, type Witness } from "./witnessed-engine.js";

/** Who must not start (any more), and why: parked, stopped by hand, removed, temporary and ended. */
export class DownBook implements Witness {
  readonly #down = new Map<string, string>();
  /** Starts of each child since it was added, or restarted by hand. */
  readonly #starts = new Map<string, number>();

  decided({ event, id, child, phase }: Before, actions: readonly SupervisorAction[], after: SupervisorState): void {
    if (id !== undefined && child && child.goal !== "gone") {
      if (event.type === "restart" && phase !== "idle" && phase !== "ending") {
        this.#down.delete(id);
        this.#starts.delete(id);
      }
      if (event.type === "stop-child" && phase !== "idle") this.#down.set(id, "it was stopped by hand");
      if (event.type === "remove") this.#down.set(id, "it is being removed");
    }
    for (const action of actions) {
      if (action.type === "down") this.#down.set(action.id, "it is to stay down");
      if (action.type === "quarantined") this.#down.set(action.id, "it is parked");
      if (action.type === "forget") {
        this.#down.delete(action.id);
        this.#starts.delete(action.id);
      }
      if (action.type !== "start") continue;
      const { id } = action;
      must(phase !== "ending" && phase !== "ended", `${id} is started while its supervisor ends`);
      must(!this.#down.has(id), `${id} is started, and ${this.#down.get(id)}`);
      const starts = (this.#starts.get(id) ?? 0) + 1;
      this.#starts.set(id, starts);
      must(
        starts === 1 || after.children.get(id)?.rules.restart !== "temporary",
        `${id} is temporary and starts again`,
      );
    }
  }
}
