import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useLive } from "../kit/live.js";
import type { PageState } from "../page-state.js";
import { treeMove } from "./tree-keys.js";
import { type TreeLine, treeLines } from "./tree-lines.js";
import { rowDomId, TreeRow } from "./tree-row.js";

/** Pixels of a line. All are equal, so that which ones are in view is arithmetic. */
const ROW = 46;
/** Lines drawn beyond either edge of the view. */
const BEYOND = 6;

const columns = [
  ["Name", "name"],
  ["State", "state"],
  ["Runs in", "where"],
  ["Restarts", "restarts number"],
  ["Mailbox", "mail"],
  ["Rate", "rate number"],
] as const;

interface TreeViewProps {
  readonly state: PageState;
  /** A line was chosen, by a click or by Enter; moving over lines only selects them. */
  onChoose(id: string): void;
}

/**
 * The live tree as a tree grid. However many lines there are, only those in view are in the document; the focus stays on the
 * grid, which names the active line.
 */
export function TreeView({ state, onChoose }: TreeViewProps) {
  const tree = useLive(state.tree);
  const turned = useLive(state.turned);
  const query = useLive(state.query);
  const trouble = useLive(state.trouble);
  const selected = useLive(state.selected);
  useLive(state.looked);
  const grid = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const lines = useMemo(
    () => (tree ? treeLines(tree, { turned, query, trouble }) : []),
    [tree, turned, query, trouble],
  );
  const active = lines.findIndex(({ id }) => id === selected);

  useLayoutEffect(() => {
    const { current } = grid;
    if (!current) return;
    const look = () => setView({ top: current.scrollTop, height: current.clientHeight });
    const watch = new ResizeObserver(look);
    watch.observe(current);
    current.addEventListener("scroll", look, { passive: true });
    return () => {
      watch.disconnect();
      current.removeEventListener("scroll", look);
    };
  }, []);

  const select = (index: number) => {
    const line = lines[index];
    if (!line) return;
    state.selected.set(line.id);
    bringIntoView(grid.current, index);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    // Keys may come faster than frames: what is drawn may be behind what is selected.
    const at = lines.findIndex(({ id }) => id === state.selected.value);
    const move = treeMove(event.key, lines, at, Math.max(1, Math.floor(view.height / ROW) - 1));
    if (!move) return;
    event.preventDefault();
    if ("to" in move) select(move.to);
    else if ("turn" in move) state.turn(move.turn);
    else onChoose(lines[move.choose]!.id);
  };

  const shown = inView(lines, view, active);
  return (
    <div
      ref={grid}
      class="tree-grid"
      role="treegrid"
      aria-labelledby="tree-title"
      aria-rowcount={lines.length + 1}
      aria-activedescendant={active >= 0 ? rowDomId(active) : undefined}
      tabIndex={0}
      onKeyDown={keys}
    >
      <div class="tree-row tree-head" role="row" aria-rowindex={1}>
        {columns.map(([text, name]) => (
          <span key={name} class={`cell ${name}`} role="columnheader">
            {text}
          </span>
        ))}
      </div>
      <div class="tree-lines" role="rowgroup" style={{ height: `${lines.length * ROW}px` }}>
        {shown.map((index) => {
          const line = lines[index]!;
          return (
            <TreeRow
              key={line.id}
              line={line}
              index={index}
              top={index * ROW}
              selected={index === active}
              rates={state.series.of(line.node.path)}
              onTurn={() => state.turn(line.id)}
              onChoose={() => {
                state.selected.set(line.id);
                onChoose(line.id);
              }}
            />
          );
        })}
      </div>
    </div>
  );
}

/** The lines in view, a few around them, and the active one wherever it is: the grid names it. */
function inView(
  lines: readonly TreeLine[],
  { top, height }: { top: number; height: number },
  active: number,
): number[] {
  const first = Math.max(0, Math.floor(top / ROW) - BEYOND);
  const end = Math.min(lines.length, Math.ceil((top + height) / ROW) + BEYOND);
  const shown = Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index);
  if (active >= 0 && active < first) shown.unshift(active);
  else if (active >= end) shown.push(active);
  return shown;
}

function bringIntoView(grid: HTMLDivElement | null, index: number): void {
  if (!grid) return;
  const head = grid.firstElementChild?.clientHeight ?? 0;
  const top = index * ROW;
  if (top < grid.scrollTop) grid.scrollTop = top;
  else if (top + ROW + head > grid.scrollTop + grid.clientHeight) grid.scrollTop = top + ROW + head - grid.clientHeight;
}
