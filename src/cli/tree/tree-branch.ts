import { nodeAt, type TreeNode } from "../../system/tree.js";

/** The node at a path, written with or without the root's name: "app/models/speech" or "models/speech". */
export function branchAt(root: TreeNode, path: string | undefined): TreeNode | undefined {
  if (path === undefined) return root;
  const wanted = path.replace(/^\/+|\/+$/g, "");
  if (wanted === "") return root;
  return nodeAt(root, `${root.path}/${wanted}`) ?? nodeAt(root, wanted);
}
