import { shortDuration } from "../../observe/short-duration.js";
import { treeSummary } from "../../observe/tree-rows.js";
import { stateMarks, type TreeNode } from "../../system/tree.js";
import { type Paint, painter, type Style } from "../terminal/paint.js";
import { columnsOf, oneLine, padded, shortened } from "../terminal/terminal-text.js";
import { compactMs, compactNumber } from "./compact.js";
import type { Look, SortKey, TopRow } from "./top-rows.js";

interface Column {
  readonly head: string;
  readonly width: number;
  readonly sort?: SortKey;
  text(row: TopRow): string;
  look?(row: TopRow): readonly Style[];
}

const columns: readonly Column[] = [
  { head: "rate", width: 6, sort: "rate", text: ({ rate }) => known(rate, compactNumber) },
  {
    head: "fail",
    width: 6,
    sort: "failed",
    text: ({ failed }) => known(failed, compactNumber),
    look: ({ failed = 0 }) => (failed > 0 ? ["red"] : []),
  },
  { head: "p50", width: 6, sort: "p50", text: ({ p50 }) => known(p50, compactMs) },
  { head: "p99", width: 6, sort: "p99", text: ({ p99 }) => known(p99, compactMs) },
  { head: "wait", width: 6, sort: "waiting", text: ({ waiting }) => compactNumber(waiting) },
  { head: "age", width: 6, sort: "oldest", text: ({ oldest }) => (oldest > 0 ? compactMs(oldest) : "-") },
  { head: "exec", width: 6, sort: "executing", text: ({ executing }) => compactNumber(executing) },
  {
    head: "died",
    width: 6,
    sort: "restarts",
    text: ({ restarts }) => compactNumber(restarts),
    look: ({ restarts }) => (restarts > 0 ? ["yellow"] : []),
  },
  { head: "size", width: 5, text: ({ members }) => sizeOf(members) },
  { head: "heap", width: 6, sort: "heap", text: ({ heap }) => known(heap, (bytes) => `${compactNumber(bytes)}B`) },
];

const FIXED = columns.reduce((sum, { width }) => sum + width, 0);
/** A path may take no less, however small the terminal: columns are left out from the right. */
const LEAST_PATH = 20;
/** From here on all that stands above the table has room in one line. */
const WIDE = 110;

/**
 * A table of at most `width` columns; a path that is too long keeps its end, which tells it from its siblings:
 *
 *     path                rate* fail   p50   p99  wait   age  exec  died size  heap
 *   ● app/digits           1.2k    0  12ms  40ms     3  20ms     4     1    4  80MB
 */
export function topLines(
  rows: readonly TopRow[],
  sort: SortKey,
  width: number,
  paint: Paint = painter(false),
): string[] {
  const shown = fitting(width);
  const room = Math.max(LEAST_PATH, width - shown.reduce((sum, column) => sum + column.width, 0));
  const mark = sort === "path" ? "path*" : "path";
  const head = [
    padded(`  ${mark}`, room),
    ...shown.map((column) => right(column.sort === sort ? `${column.head}*` : column.head, column.width)),
  ];
  return [
    paint(shortened(head.join(""), width), "bold"),
    ...rows.map((row) => {
      const { path, state } = row;
      const running = state === undefined || state === "running";
      const name = padded(`${state === undefined ? " " : stateMarks[state]} ${ending(oneLine(path), room - 2)}`, room);
      const cells = shown.map((column) => paint(right(column.text(row), column.width), ...(column.look?.(row) ?? [])));
      return [paint(name, ...(running ? [] : (["red", "bold"] as const))), ...cells].join("").trimEnd();
    }),
  ];
}

/**
 * Above the table: one line, on a narrow terminal always two, so that the table does not jump when a number grows.
 *
 *     127.0.0.1:8080  up 2 h  3 running, 1 quarantined
 *     1.2k/s, 0 failed/s  2 died, 5 dead letters
 */
export function topHead(
  url: string,
  now: Look,
  tree: TreeNode | undefined,
  rows: readonly TopRow[],
  width: number,
): string[] {
  const sum = (of: (row: TopRow) => number | undefined) => rows.reduce((all, row) => all + (of(row) ?? 0), 0);
  const { uptimeMs, reports, deadLetters } = now.stats;
  const letters = Object.values(deadLetters).reduce((all, count) => all + count, 0);
  const where = oneLine(url.replace(/^https?:\/\/|\/$/g, ""));
  const state = [`up ${shortDuration(uptimeMs)}`, ...(tree ? [oneLine(treeSummary(tree))] : [])].join("  ");
  const rate = `${compactNumber(sum(({ rate }) => rate))}/s, ${compactNumber(sum(({ failed }) => failed))} failed/s`;
  const counts = `${rate}  ${compactNumber(reports)} died, ${compactNumber(letters)} dead letter${letters === 1 ? "" : "s"}`;
  if (width >= WIDE) return [shortened(`${where}  ${state}  ${counts}`, width)];
  // Whoever looks knows where: what does not run comes first.
  const named = shortened(where, Math.max(0, width - columnsOf(state) - 2));
  return [`${named}  ${state}`, counts].map((line) => shortened(line, width));
}

function fitting(width: number): readonly Column[] {
  let left = FIXED;
  let count = columns.length;
  while (count > 0 && width - left < LEAST_PATH) left -= columns[--count]!.width;
  return columns.slice(0, count);
}

function known(value: number | undefined, text: (value: number) => string): string {
  return value === undefined ? "-" : text(value);
}

function sizeOf(members: TopRow["members"]): string {
  if (!members) return "";
  return members.ready === members.all ? String(members.all) : `${members.ready}/${members.all}`;
}

function right(text: string, width: number): string {
  const cut = shortened(text, width - 1);
  return " ".repeat(width - columnsOf(cut)) + cut;
}

/** The end of a text, where the whole of it does not fit. */
function ending(text: string, room: number): string {
  if (columnsOf(text) <= room) return text;
  const letters = [...text];
  while (letters.length > 0 && columnsOf(letters.join("")) > room - 1) letters.shift();
  return `…${letters.join("")}`;
}
