import { withoutStart } from "../../observe/event-line.js";
import { scalingReason } from "../../observe/scaling-text.js";
import { servedTree } from "../../observe/served-state.js";
import { type TreeRow, treeRows } from "../../observe/tree-rows.js";
import type { ChildState } from "../../supervision/life.js";
import { sizeText, stateMarks, type TreeNode } from "../../system/tree.js";
import { type Paint, painter, type Style } from "../terminal/paint.js";
import { columnsOf, harmless, oneLine, padded, shortened } from "../terminal/terminal-text.js";
import { wrapped } from "../terminal/wrapped.js";
import type { Change, Changes } from "./tree-changes.js";

export interface TreeLinesOptions {
  /** Columns; no line is longer. */
  readonly width: number;
  /** Default: without colour. */
  readonly paint?: Paint;
  /** Default: nothing has changed. */
  readonly changes?: Changes;
}

const styles: Record<ChildState, readonly Style[]> = {
  running: ["green"],
  starting: ["yellow"],
  waiting: ["yellow", "bold"],
  draining: ["yellow"],
  stopping: ["yellow"],
  stopped: ["red"],
  quarantined: ["red", "bold"],
};

/** A name may take this much of a line: what stands behind it is why one looks. */
const NAME_SHARE = 0.4;
/** A reason takes so many lines at most; whole it is in --json, and in its report. */
const REASON_LINES = 4;

interface Piece {
  readonly text: string;
  readonly styles?: readonly Style[];
  /** Left out where there is no room for the whole of it. */
  readonly optional?: true;
  /** Instead, where there is no room for the whole of it, or nothing: half a number is another number. */
  readonly short?: string;
}

/**
 * The live tree, a line a node, never wider than asked:
 *
 *     ● app            supervisor  running
 *   ! ├─ ◔ language    pool        waiting      restarts 3 (+1)
 *     │       (cannot open /no/such/model.onnx: there is no such
 *     │       file)
 *     ├─ ● digits      pool        running      3 of 1–8  mail 2+3/1000
 *     │       just now: 40 waiting × 5 ms by 2: 100 ms to wait, over 50 ms
 *   * └─ ● visits      keyed       running
 *   │      │           └ kind      └ state
 *   │      └ the mark of the state, as treeText has it
 *   └ "!" does not run, "*" restarted or changed its state, "+" is new
 */
export function treeLines(root: TreeNode, options: TreeLinesOptions): string[] {
  const { width, paint = painter(false), changes = new Map<string, Change>() } = options;
  const rows = treeRows(servedTree(root));
  const guides = guidesOf(rows);
  const heads = rows.map(
    ({ state, name }, index) => `${guides[index]!.own}${stateMarks[state] ?? "?"} ${oneLine(name)}`,
  );
  const nameColumns = Math.min(Math.max(...heads.map(columnsOf)), Math.floor(width * NAME_SHARE));
  const kindColumns = Math.max(...rows.map(({ kind }) => kind.length));
  const stateColumns = Math.max(...rows.map(({ state }) => state.length));
  return rows.flatMap((row, index) => {
    const { kind, state } = row;
    const change = changes.get(row.id);
    const down = state !== "running";
    // A newer server may know a state more.
    const look = styles[state] ?? [];
    const pieces: Piece[] = [
      { text: `${gutter(state, change)} `, styles: down ? look : ["bold"] },
      { text: padded(shortened(heads[index]!, nameColumns), nameColumns), styles: change ? ["bold"] : [] },
      { text: `  ${padded(kind, kindColumns)}`, styles: ["dim"] },
      { text: `  ${padded(state, stateColumns)}`, styles: look },
      ...facts(row, change).flatMap((fact) => [{ text: "  " }, fact]),
    ];
    const guide = `  ${guides[index]!.below}  `;
    const below = (text: string, styles: readonly Style[]) =>
      limited(text, width - guide.length).map((part) => line([{ text: guide }, { text: part, styles }], width, paint));
    const sized = row.scaling && scalingReason(row.scaling);
    const why = sized === undefined ? [] : below(sized, ["dim"]);
    if (row.reason === undefined) return [line(pieces, width, paint), ...why];
    const reason = `(${oneLine(withoutStart(row.reason, [`${state}: `, `${row.path}: `]))})`;
    const long = pieces.reduce((sum, { text }) => sum + columnsOf(text), 2 + columnsOf(reason)) > width;
    if (!long) return [line([...pieces, { text: `  ${reason}`, styles: look }], width, paint), ...why];
    return [line(pieces, width, paint), ...below(reason, look), ...why];
  });
}

/** A text in few lines; "…" at the end of the last says that there is more. */
function limited(text: string, columns: number): string[] {
  // So deep in the tree that there is no room beside its lines.
  if (columns < 1) return [];
  const lines = wrapped(text, columns);
  const last = lines[REASON_LINES];
  if (last === undefined) return lines;
  return [...lines.slice(0, REASON_LINES - 1), shortened(`${lines[REASON_LINES - 1]} ${last}`, columns)];
}

function gutter(state: ChildState, change: Change | undefined): string {
  if (state !== "running") return "!";
  if (!change) return " ";
  return change.kind === "new" ? "+" : "*";
}

function facts(row: TreeRow, change: Change | undefined): Piece[] {
  const { restarts, mailbox, where, spare, standby, scaling, hidden } = row;
  const pieces: Piece[] = [];
  if (scaling) pieces.push({ text: sizeText(scaling) });
  if (restarts > 0) {
    const more = change && change.restarts > 0 ? ` (+${change.restarts})` : "";
    pieces.push({ text: `restarts ${restarts}${more}`, styles: more ? ["yellow", "bold"] : [] });
  }
  if (mailbox) {
    const short = `mail ${mailbox.waiting}+${mailbox.executing}`;
    pieces.push({ text: `${short}/${mailbox.capacity}`, short });
  }
  if (hidden > 0) pieces.push({ text: `${hidden} more not shown`, styles: ["dim"] });
  if (where) pieces.push({ text: oneLine(where), styles: ["dim"], optional: true });
  if (spare) pieces.push({ text: `spare ${spare}`, styles: ["dim"], optional: true });
  if (standby) pieces.push({ text: `standby ${standby}`, styles: ["dim"], optional: true });
  return pieces;
}

/** What joins a row to its parent, and what a second line of it begins with. */
function guidesOf(rows: readonly TreeRow[]): { own: string; below: string }[] {
  // From the last row up: by depth, whether a sibling of that depth comes further down.
  const more: boolean[] = [];
  const guides: { own: string; below: string }[] = [];
  for (let index = rows.length - 1; index >= 0; index--) {
    const { depth } = rows[index]!;
    const hasChildren = (rows[index + 1]?.depth ?? 0) > depth;
    more.length = Math.min(more.length, depth + 1);
    const above = Array.from({ length: Math.max(0, depth - 1) }, (_, at) => (more[at + 1] ? "│  " : "   ")).join("");
    const branch = depth === 0 ? "" : more[depth] ? "├─ " : "└─ ";
    const stem = depth === 0 ? "" : more[depth] ? "│  " : "   ";
    guides[index] = { own: above + branch, below: above + stem + (hasChildren ? "│ " : "  ") };
    more[depth] = true;
  }
  return guides;
}

/** The pieces in one line; the first that does not fit any more is shortened or left out, and with it the rest. */
function line(pieces: readonly Piece[], width: number, paint: Paint): string {
  let left = width;
  let text = "";
  for (const piece of pieces) {
    if (left <= 0) break;
    const fits = piece.short === undefined || columnsOf(piece.text) <= left;
    const whole = harmless(fits ? piece.text : piece.short!);
    if ((piece.optional || piece.short !== undefined) && columnsOf(whole) > left) break;
    const shown = shortened(whole, left);
    left -= columnsOf(shown);
    text += paint(shown, ...(piece.styles ?? []));
    if (shown !== piece.text) break;
  }
  return text.trimEnd();
}
