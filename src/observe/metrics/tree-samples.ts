import type { TreeNode } from "../../system/tree.js";
import { servedState } from "../served-state.js";
import { type ActorLabels, OTHER } from "./actor-labels.js";
import { Counts } from "./counts.js";
import type { Samples } from "./samples.js";

/** What the live tree says of now: states, sizes of pools, spares and replicas. */
export function readTree(root: TreeNode, labels: ActorLabels, samples: Samples): void {
  const states = new Counts();
  const spares = new Counts();
  const standbys = new Counts();
  const walk = (node: TreeNode): void => {
    const { kind, state, spare, standby, scaling, children = [] } = node;
    if (kind === "actor" || kind === "cell") states.add(state);
    if (spare) spares.add(spare);
    if (standby) standbys.add(standby);
    const own = labels.of(node.path);
    if (own !== OTHER) samples.add("holdfast_actor_running", servedState(node) === "running" ? 1 : 0, own);
    if (scaling && own !== OTHER) {
      samples.add("holdfast_pool_members", scaling.members, own);
      samples.add("holdfast_pool_members_ready", scaling.ready, own);
      samples.add("holdfast_pool_members_ejected", children.filter(({ ejected }) => ejected).length, own);
    }
    // Actors of keys come and go, and their names are their callers' own.
    if (kind === "keyed") for (const child of children) child.kind === "cell" ? walk(child) : states.add(child.state);
    else for (const child of children) walk(child);
  };
  walk(root);
  for (const [state, n] of states) samples.add("holdfast_actors", n, { state });
  for (const [state, n] of spares) samples.add("holdfast_spares", n, { state });
  for (const [state, n] of standbys) samples.add("holdfast_standbys", n, { state });
}
