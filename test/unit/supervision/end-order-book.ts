import type { SupervisorAction } from "../../../src/supervision/messages.js";
import type { SupervisorState } from "../../../src/supervision/state.js";
import { type Before, must, type Witness } from "./witnessed-engine.js";

const down = ["stopped", "quarantined"];

/**
 * An ending supervisor stops one child at a time, the last started first, whatever was asked of it by hand before; one that
 * keeps no order has told them all in the decision that ended it.
 */
export class EndOrderBook implements Witness {
  decided(_: Before, actions: readonly SupervisorAction[], { phase, children, rules }: SupervisorState): void {
    if (phase.kind !== "ending") return;
    const order = [...children];
    if (rules.order === "none") {
      for (const [id, { life }] of order) {
        must(down.includes(life) || life === "stopping", `${id} is ${life} and was not told to stop`);
      }
      return;
    }
    for (const action of actions) {
      if (action.type !== "stop") continue;
      const place = order.findIndex(([id]) => id === action.id);
      for (const [later, { life }] of order.slice(place + 1)) {
        must(down.includes(life), `${action.id} is stopped while ${later}, started after it, is ${life}`);
      }
    }
  }
}
