import type { TreeNode } from "../system/tree.js";

/** The node at a path, written with or without the root's name: "app/models/speech" or "models/speech". */
export function branchAt(root: TreeNode, path: string | undefined): TreeNode | undefined {
  if (path === undefined) return root;
  const wanted = path.replace(/^\/+|\/+$/g, "");
  if (wanted === "") return root;
  return find(root, `${root.path}/${wanted}`) ?? find(root, wanted);
}

function find(node: TreeNode, path: string): TreeNode | undefined {
  if (node.path === path) return node;
  for (const child of node.children ?? []) {
    const found = find(child, path);
    if (found) return found;
  }
  return undefined;
}
