import { nearest } from "../../known-keys.js";
import type { TreeNode } from "../../system/tree.js";
import { CommandError, exitCodes } from "../command.js";

/** So many names fit a sentence. */
const NAMES = 12;

/** What to say of a path that is not in a tree: which was probably meant, and what there is where the path leaves the tree. Pure. */
export function nothingAt(url: string, root: TreeNode, path: string): CommandError {
  const wanted = path.replace(/^\/+|\/+$/g, "");
  const near = nearest(wanted, pathsOf(root, wanted.startsWith(`${root.name}/`)));
  const { node, below } = lastOn(root, wanted);
  const names = (node.children ?? []).map(({ name }) => name);
  const more = names.length > NAMES ? `, … ${names.length - NAMES} more` : "";
  const has = names.length === 0 ? "nothing" : `${names.slice(0, NAMES).join(", ")}${more}`;
  const there = `${below === "" ? "it" : `"${below}"`} has ${has}`;
  const meant = near === undefined ? there : `did you mean "${near}"? (${there})`;
  return new CommandError(`${url} has nothing at "${path}": ${meant}`, exitCodes.failed);
}

/** As they may be written: with the root's name, or without it. */
function pathsOf(root: TreeNode, whole: boolean): string[] {
  const paths: string[] = [];
  const add = (node: TreeNode) => {
    if (whole || node !== root) paths.push(whole ? node.path : node.path.slice(root.path.length + 1));
    for (const child of node.children ?? []) add(child);
  };
  add(root);
  return paths;
}

/** The last node on the way to a path that there is, and the part of the path that leads to it. */
function lastOn(root: TreeNode, wanted: string): { node: TreeNode; below: string } {
  const names = wanted.split("/");
  let node = root;
  for (let count = names[0] === root.name ? 1 : 0; ; count++) {
    const next = node.children?.find(({ name }) => name === names[count]);
    if (!next) return { node, below: names.slice(0, count).join("/") };
    node = next;
  }
}
