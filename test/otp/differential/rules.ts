import {
  type ChildOptions,
  type ChildRules,
  childRules,
  type SupervisorOptions,
  type SupervisorRules,
  supervisorRules,
} from "../../../src/supervision/spec.js";
import type { Node, Sup } from "./scenario.js";

const shutdowns = { brutal_kill: "brutal", infinity: "unlimited" } as const;
const strategies = {
  one_for_one: "one-for-one",
  one_for_all: "all-for-one",
  rest_for_one: "rest-for-one",
  simple_one_for_one: "one-for-one",
} as const;
const autoShutdowns = {
  never: "never",
  any_significant: "any-significant",
  all_significant: "all-significant",
} as const;

/** No budget of its own and no back-off: OTP's children have neither. */
export function childOptions({ restart, shutdown, significant }: Pick<Node, "restart" | "shutdown" | "significant">) {
  const endless = { restarts: Number.POSITIVE_INFINITY, within: 1000 };
  const time = typeof shutdown === "number" ? shutdown : shutdowns[shutdown];
  return {
    restart,
    shutdown: time,
    significant,
    intensity: endless,
    guiltyIntensity: endless,
    backoff: { initial: 0, jitter: 0 },
  } satisfies ChildOptions;
}

export function supervisorOptions({ strategy, intensity, period, auto_shutdown }: Sup) {
  return {
    strategy: strategies[strategy],
    intensity: { restarts: intensity, within: period },
    autoShutdown: autoShutdowns[auto_shutdown],
  } satisfies SupervisorOptions;
}

export function rulesOfChild(node: Node, sup: Sup): ChildRules {
  return childRules(childOptions(sup.template ?? node), node.id);
}

export function rulesOfSupervisor(sup: Sup): SupervisorRules {
  const order = sup.strategy === "simple_one_for_one" ? "none" : "kept";
  return supervisorRules(supervisorOptions(sup), sup.id, { order });
}
