import type { SupervisorAction } from "../../../src/supervision/messages.js";
import type { SupervisorState } from "../../../src/supervision/state.js";
import { type Before, must, type Witness } from "./witnessed-engine.js";

/** A supervisor ends with its significant children exactly when its rule says so, and for nobody else's end. */
export class AutoShutdownBook implements Witness {
  decided(before: Before, actions: readonly SupervisorAction[], { phase, rules, children }: SupervisorState): void {
    if (before.phase === "ending" || before.phase === "ended") return;
    const ended = actions.find((action) => action.type === "ended");
    const reason = phase.kind === "ending" ? phase.reason : ended?.reason;
    const others = [...children].filter(([id, child]) => child.rules.significant && id !== before.id);
    const left = others.filter(([, { life }]) => life !== "stopped" && life !== "quarantined").length;
    const due =
      significantEnd(before) &&
      (rules.autoShutdown === "any-significant" || (rules.autoShutdown === "all-significant" && left === 0));
    must((reason === "auto-shutdown") === due, `${JSON.stringify(before.event)}: ended by ${reason}, due: ${due}`);
  }
}

/** It ended by itself, for good: nobody told it to stop, and its rule is not to start it again. */
function significantEnd({ event, child, phase, toStop }: Before): boolean {
  if (event.type !== "died" || !child?.rules.significant || toStop || phase === "idle") return false;
  if (child.life !== "running" && child.life !== "draining") return false;
  return child.rules.restart === "temporary" || event.normal;
}
