import type { TreeLine } from "./tree-lines.js";

/** What a key does in the tree. */
export type TreeMove = { readonly to: number } | { readonly turn: string } | { readonly choose: number };

/**
 * The keys of a tree grid (WAI-ARIA Authoring Practices), as a function of the lines and the one that is active: pure.
 * @param page lines that fit the view
 * @returns undefined for a key that is none of the tree's
 */
export function treeMove(key: string, lines: readonly TreeLine[], at: number, page: number): TreeMove | undefined {
  const line = lines[at];
  const last = lines.length - 1;
  if (!line) return last >= 0 && ["ArrowDown", "ArrowUp", "Home", "End"].includes(key) ? { to: 0 } : undefined;
  switch (key) {
    case "ArrowDown":
      return { to: Math.min(last, at + 1) };
    case "ArrowUp":
      return { to: Math.max(0, at - 1) };
    case "PageDown":
      return { to: Math.min(last, at + page) };
    case "PageUp":
      return { to: Math.max(0, at - page) };
    case "Home":
      return { to: 0 };
    case "End":
      return { to: last };
    case "ArrowRight":
      if (line.open === false) return { turn: line.id };
      return { to: line.open ? at + 1 : at };
    case "ArrowLeft":
      if (line.open && !line.held) return { turn: line.id };
      return {
        to: Math.max(
          0,
          lines.findIndex(({ id }) => id === line.parent),
        ),
      };
    case "Enter":
    case " ":
      return { choose: at };
  }
  return undefined;
}
