import type { Intensity } from "../../../src/supervision/intensity.js";
import type { SupervisorAction } from "../../../src/supervision/messages.js";
import type { ChildRecord, SupervisorState } from "../../../src/supervision/state.js";
import { type Before, must, type Witness } from "./witnessed-engine.js";

type Verdict = "restarted" | "quarantined" | "gave-up" | "start-failed" | "let be";

/**
 * The restart budgets, kept by hand: every window is counted anew from all charges there ever were. A child or its
 * supervisor is over budget exactly where this book says so: no failure sooner, and none later.
 */
export class BudgetBook implements Witness {
  readonly #own = new Map<string, { unknown: number[]; guilty: number[] }>();
  readonly #supervisor: number[] = [];

  decided(before: Before, actions: readonly SupervisorAction[], after: SupervisorState): void {
    const { event, phase } = before;
    if (event.type === "restart" || event.type === "remove") this.#own.delete(event.id);
    const expected = this.#verdict(before, after);
    if (phase === "ending" || phase === "ended" || phase === "idle") return;
    const reason = reasonOf(after, actions);
    const found =
      reason === "gave-up" || reason === "start-failed"
        ? reason
        : actions.some(({ type }) => type === "quarantined")
          ? "quarantined"
          : expected === "restarted"
            ? "restarted"
            : "let be";
    must(found === expected, `${JSON.stringify(event)} at ${before.now}: ${found}, and the book says ${expected}`);
    if (expected === "restarted") must(isComing(after.children.get(before.id!)), "it is not on its way back");
  }

  #verdict(before: Before, { rules }: SupervisorState): Verdict {
    const { event, id, child, now, phase, mode } = before;
    if (!endsOfItself(before, child)) return "let be";
    const { restart, intensity, guiltyIntensity, overBudget } = child.rules;
    const firstStart = phase === "starting" && mode === "rollback" && child.origin === "first" && child.readies === 0;
    if (event.type === "start-failed" && child.origin === "asked" && child.readies === 0) return "let be";
    if (event.type === "start-failed" && firstStart) return "start-failed";
    const clean = event.type === "died" && event.normal;
    if (restart === "temporary" || (restart === "transient" && clean)) return "let be";
    const guilty = event.type === "died" && event.guilty;
    const own = this.#own.get(id!) ?? { unknown: [], guilty: [] };
    this.#own.set(id!, own);
    if (isOver(guilty ? own.guilty : own.unknown, guilty ? guiltyIntensity : intensity, now)) {
      if (child.readies === 0) return "quarantined";
      const choice = overBudget ?? (guilty ? rules.guiltyOverBudget : rules.overBudget);
      if (choice === "escalate") return "gave-up";
      // Who waits for the first start was promised every child.
      return phase === "starting" && mode === "rollback" && child.origin === "first" ? "start-failed" : "quarantined";
    }
    const charged = !guilty && child.readies > 0;
    return charged && isOver(this.#supervisor, rules.intensity, now) ? "gave-up" : "restarted";
  }
}

/** It was neither told to stop nor about to be, and the event says that it has gone down. */
function endsOfItself({ event, phase, toStop }: Before, child: ChildRecord | undefined): child is ChildRecord {
  if ((phase !== "starting" && phase !== "up") || !child || toStop) return false;
  if (event.type === "start-failed") return child.life === "starting";
  return event.type === "died" && (child.life === "running" || child.life === "draining");
}

function isOver(charges: number[], { restarts, withinMs }: Intensity, now: number): boolean {
  charges.push(now);
  return charges.filter((at) => at >= now - withinMs).length > restarts;
}

function isComing(child: ChildRecord | undefined): boolean {
  return child !== undefined && child.goal === "up" && ["starting", "waiting", "stopped"].includes(child.life);
}

function reasonOf({ phase }: SupervisorState, actions: readonly SupervisorAction[]): string | undefined {
  if (phase.kind === "ending") return phase.reason;
  const ended = actions.find((action) => action.type === "ended");
  return ended?.reason;
}
