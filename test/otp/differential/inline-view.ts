import { settled, type View } from "./compare.js";
import type { Scenario } from "./scenario.js";

/**
 * What the public API tells: who was started with what outcome and who was stopped, in order among siblings (a supervisor
 * that starts or stops does not keep others waiting, so there is no order across supervisors); what calls answered; what
 * stands. Who died of what is not told apart. Of supervisors neither the first starts are told, when nobody listens yet, nor
 * those that fail; and a start of the tree that failed is rolled back before anybody listens.
 */
export const asTheApiTells: View = (lines, nodes, moment) => {
  const bySupervisor = new Map<string, string[]>();
  for (const line of settled(lines, nodes)) {
    const [what, path = ""] = line.split(" ");
    if (what === "died" || (what === "stop" && moment === 0)) continue;
    if (what === "start" && nodes.get(path)?.kind !== "worker" && (moment === 0 || !line.endsWith(" ok"))) continue;
    const stands = what === "start" || what === "stop" ? path.slice(0, path.lastIndexOf(".")) : "";
    const said = what === "root" ? `root ${path}` : what === "stop" ? `stop ${path}` : line;
    bySupervisor.set(stands, [...(bySupervisor.get(stands) ?? []), said]);
  }
  return [...bySupervisor.keys()].sort().flatMap((key) => bySupervisor.get(key)!);
};

/**
 * The same with one event a moment, each come to rest before the next, and a death in the place of an actor's clean end:
 * what happens in one moment is told to a running system one after the other.
 */
export function oneAtATime(scenario: Scenario): Scenario {
  const moments = scenario.moments.flatMap(({ at, events }) =>
    events.map((event) => ({ at, events: [event.do === "exit" ? { ...event, reason: "boom" as const } : event] })),
  );
  return { ...scenario, moments };
}
