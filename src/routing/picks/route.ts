import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import { consistentHash } from "./consistent-hash.js";
import { leastExpectedWait, smallestMailbox } from "./least.js";
import type { Pick } from "./pick.js";
import { random } from "./random.js";
import { roundRobin } from "./round-robin.js";
import { powerOfTwoChoices } from "./two-choices.js";

/** The routes that push: each member has a mailbox of its own, and a message goes to one of them when it is sent. */
const picks = {
  "round-robin": roundRobin,
  random: () => random,
  "smallest-mailbox": smallestMailbox,
  "two-choices": () => powerOfTwoChoices,
  "least-wait": leastExpectedWait,
  "consistent-hash": consistentHash,
} satisfies Record<string, () => Pick>;

/** A route by its name; "shared": one mailbox, from which the members pull. */
export type RouteName = "shared" | keyof typeof picks;

/** How a pool's messages find their members: by a route's name, or by a function of one's own. */
export type Route = RouteName | Pick;

/** A route that pushes, made for one pool. */
export interface PushRoute {
  readonly pick: Pick;
  /** Keys have an owner, and their order is kept. */
  readonly keyed: boolean;
  /** It was given as a function: what it returns is checked. */
  readonly own: boolean;
  /** It looks at expected waits. */
  readonly looksAtWaits: boolean;
}

/** The route of an option, or undefined for "shared". @throws HoldfastError InvalidSpec */
export function routeOf(route: Route = "shared", field: string): PushRoute | undefined {
  if (route === "shared") return undefined;
  if (typeof route === "function") return { pick: route, keyed: false, own: true, looksAtWaits: true };
  if (typeof route === "string" && Object.hasOwn(picks, route)) {
    return {
      pick: picks[route](),
      keyed: route === "consistent-hash",
      own: false,
      looksAtWaits: route === "least-wait",
    };
  }
  const names = ["shared", ...Object.keys(picks)].map((name) => `"${name}"`).join(", ");
  throw new HoldfastError("InvalidSpec", `${field} is ${shown(route)}: give ${names}, or a function that picks`, {
    details: { field },
  });
}
