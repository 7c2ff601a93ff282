import type { SupervisorAction } from "../../../src/supervision/messages.js";
import type { SupervisorState } from "../../../src/supervision/state.js";
import { type Before, must, type Witness } from "./witnessed-engine.js";

const down = ["stopped", "quarantined"];

/** An ending supervisor stops one child at a time, the last started first, whatever was asked of it by hand before. */
export class EndOrderBook implements Witness {
  decided(_: Before, actions: readonly SupervisorAction[], { phase, children }: SupervisorState): void {
    if (phase.kind !== "ending") return;
    const order = [...children.values()];
    for (const action of actions) {
      if (action.type !== "stop") continue;
      const place = order.findIndex(({ rules }) => rules.id === action.id);
      for (const { rules, life } of order.slice(place + 1)) {
        must(down.includes(life), `${action.id} is stopped while ${rules.id}, started after it, is ${life}`);
      }
    }
  }
}
