import type { TreeNode } from "../../../system/tree.js";
import type { Operator } from "../operator.js";
import { nodeActs } from "./node-acts.js";

/** What an operator may do with a node. Each act asks for the admin token and names its target before it is done. */
export function Controls({ node, operator }: { readonly node: TreeNode; readonly operator: Operator }) {
  const acts = nodeActs.filter(({ fits }) => fits(node));
  if (acts.length === 0 && !node.scaling) return null;
  return (
    <div class="acts">
      {node.scaling && (
        <button type="button" aria-label={`Resize ${node.path}`} onClick={() => void operator.resize(node)}>
          Resize
        </button>
      )}
      {acts.map((act) => (
        <button
          key={act.name}
          type="button"
          class={act.dangerous ? "danger" : ""}
          aria-label={`${act.name} ${node.path}`}
          onClick={() => void operator.act(act, node)}
        >
          {act.name}
        </button>
      ))}
    </div>
  );
}
