import type { Happening, Node, Scenario, Sup } from "./scenario.js";

/**
 * Leaves parts out of a scenario, one at a time, for as long as what is left is interesting.
 * @param firstInteresting asked of many at once: to play hundreds costs little more than to play one
 */
export async function shrink(
  scenario: Scenario,
  firstInteresting: (candidates: readonly Scenario[]) => Promise<Scenario | undefined>,
): Promise<void> {
  for (let small: Scenario | undefined = scenario; small; ) {
    const candidates = smaller(small);
    small = candidates.length > 0 ? await firstInteresting(candidates) : undefined;
  }
}

/** Each is the scenario with one thing less; the largest things first. */
function smaller(scenario: Scenario): Scenario[] {
  const { moments, root } = scenario;
  const fewer = moments.map((_, index) => ({ ...scenario, moments: without(moments, index) }));
  const trees = smallerTrees(root).map((tree) => ({ ...scenario, root: tree }));
  const events = moments.flatMap((moment, index) =>
    moment.events.flatMap((event, n) => {
      const less = { ...moment, events: without(moment.events, n) };
      const plainer = plainerEvents(event).map((instead) => ({ ...moment, events: moment.events.with(n, instead) }));
      return [less, ...plainer].map((changed) => ({ ...scenario, moments: moments.with(index, changed) }));
    }),
  );
  return [...fewer, ...trees, ...events];
}

function plainerEvents(event: Happening): Happening[] {
  if (event.do !== "start_child") return [];
  return plainer(event.child).map((child) => ({ ...event, child }));
}

function smallerTrees(sup: Sup): Sup[] {
  return sup.children.flatMap((child, index) => [
    { ...sup, children: without(sup.children, index) },
    ...plainer(child).map((instead) => ({ ...sup, children: sup.children.with(index, instead) })),
  ]);
}

function plainer(node: Node): Node[] {
  if (node.kind === "sup") return smallerTrees(node);
  const less: Node[] = [];
  if (node.starts.length > 0) less.push({ ...node, starts: node.starts.slice(0, -1) });
  if (node.stopping !== "prompt") less.push({ ...node, stopping: "prompt" });
  if (node.shutdown !== "infinity" && node.stopping !== "stuck") less.push({ ...node, shutdown: "infinity" });
  return less;
}

function without<T>(list: readonly T[], index: number): T[] {
  return list.filter((_, n) => n !== index);
}
