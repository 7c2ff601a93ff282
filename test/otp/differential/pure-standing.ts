import type { SupervisorState } from "../../../src/supervision/state.js";
import type { Node, Sup } from "./scenario.js";

/** A supervisor's children and their number, in the words of which_children and count_children. */
export function standing(path: string, sup: Sup, state: SupervisorState, nodes: ReadonlyMap<string, Node>): string[] {
  const dynamic = sup.strategy === "simple_one_for_one";
  const children = [...state.children].map(([id, { life }]) => {
    const is = life === "running" ? "running" : life === "stopped" ? "down" : "restarting";
    return { id, is, kind: nodes.get(id)!.kind };
  });
  // A dynamic supervisor's children have no order.
  const ordered = dynamic ? children.toSorted((a, b) => (a.id < b.id ? -1 : 1)) : children;
  const shown = ordered.map(({ id, is }) => ` ${id}=${is}`).join("");
  const supervisors = children.filter(({ kind }) => kind === "sup").length;
  const counts = {
    // OTP counts the template.
    specs: dynamic ? 1 : children.length,
    active: children.filter(({ is }) => is === "running").length,
    supervisors,
    workers: children.length - supervisors,
  };
  return [
    `children ${path}${shown}`,
    `count ${path}${Object.entries(counts)
      .map(([what, count]) => ` ${what}=${count}`)
      .join("")}`,
  ];
}
