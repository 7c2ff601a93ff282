import type { TreeNode } from "../../../system/tree.js";
import type { Operator } from "../operator.js";

/** What an operator may do with a node. Each act asks for the admin token and names its target before it is done. */
export function Controls({ node, operator }: { readonly node: TreeNode; readonly operator: Operator }) {
  const acts = [
    { name: "Kill", dangerous: true, fits: isKillable(node), act: () => operator.kill(node) },
    { name: "Resize", dangerous: false, fits: node.scaling !== undefined, act: () => operator.resize(node) },
  ].filter(({ fits }) => fits);
  if (acts.length === 0) return null;
  return (
    <div class="acts">
      {acts.map(({ name, dangerous, act }) => (
        <button
          key={name}
          type="button"
          class={dangerous ? "danger" : ""}
          aria-label={`${name} ${node.path}`}
          onClick={() => void act()}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

/** A host of its own runs here, so there is something to kill; a key shares that of its cell, one line above. */
function isKillable({ isolation, host, state }: TreeNode): boolean {
  return isolation !== undefined && host !== undefined && state !== "stopped";
}
