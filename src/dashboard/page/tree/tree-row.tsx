import { scalingReason } from "../../../observe/scaling-text.js";
import { ejectedText, type TreeNode } from "../../../system/tree.js";
import { countText, durationText } from "../kit/number-text.js";
import { StateMark } from "../kit/state-mark.js";
import type { Points } from "../series/points.js";
import { MailboxBar } from "./mailbox-bar.js";
import { Sparkline } from "./sparkline.js";
import type { TreeLine } from "./tree-lines.js";

interface TreeRowProps {
  readonly line: TreeLine;
  readonly index: number;
  readonly top: number;
  readonly selected: boolean;
  readonly rates: Points | undefined;
  onTurn(): void;
  onChoose(): void;
}

/** One line of the tree. */
export function TreeRow({ line, index, top, selected, rates, onTurn, onChoose }: TreeRowProps) {
  const { node, state, depth, place, siblings, open, held, below, down } = line;
  const { path, name, kind, restarts, mailbox, scaling, standby } = node;
  const note = noteOf(node);
  const rate = rates?.latest("rate");
  return (
    <div
      class="tree-row"
      role="row"
      id={rowDomId(index)}
      data-path={path}
      data-state={state}
      aria-level={depth + 1}
      aria-posinset={place}
      aria-setsize={siblings}
      aria-expanded={open}
      aria-selected={selected}
      aria-rowindex={index + 2}
      style={{ top: `${top}px`, "--depth": String(Math.min(depth, 8)) }}
      onClick={onChoose}
    >
      <span class="cell name" role="rowheader" title={path}>
        {open === undefined || held ? (
          <span class="twisty" data-open={open} />
        ) : (
          <span
            class="twisty"
            data-open={open}
            onClick={(event) => {
              event.stopPropagation();
              onTurn();
            }}
          />
        )}
        <StateMark state={state} />
        <span class="lines">
          <span class="title">
            <span class="label">{name}</span> <span class="kind">{kind}</span>
            {scaling && <span class="size">{sizeText(scaling)}</span>}
            {standby && <span class="size">standby {standby}</span>}
            {open === false && <span class="folded">{foldedText(below, down)}</span>}
          </span>
          {note && <span class={`note ${note.name}`}>{note.text}</span>}
        </span>
      </span>
      <span class="cell state" role="gridcell">
        {state}
      </span>
      <span class="cell where" role="gridcell">
        {whereOf(node)}
      </span>
      <span class={restarts > 0 ? "cell restarts number some" : "cell restarts number"} role="gridcell">
        {restarts}
      </span>
      <span class="cell mail" role="gridcell">
        {mailbox && <MailboxBar mailbox={mailbox} />}
      </span>
      <span class="cell rate number" role="gridcell">
        {rates && <Sparkline points={rates} />}
        {rate === undefined ? "" : `${countText(rate)}/s`}
      </span>
    </div>
  );
}

/** The id of a line in the document: the grid names its active one by it. */
export function rowDomId(index: number): string {
  return `line-${index}`;
}

/** "thread 7", "fork, pid 4711", "inline", or the isolation alone while nothing runs. */
export function whereOf({ isolation, host }: TreeNode): string {
  if (isolation === undefined || host === undefined) return host ?? isolation ?? "";
  return host.startsWith(isolation) ? host : `${isolation}, ${host}`;
}

export function sizeText({ members, ready, min, max }: NonNullable<TreeNode["scaling"]>): string {
  const of = min === max && members === max ? `${members}` : `${members} of ${min}–${max}`;
  return ready === members ? of : `${of}, ${ready} ready`;
}

/** Why it is as it is, in one line: what is wrong comes before what it does, and that before its size. */
function noteOf({ reason, ejected, busy, scaling }: TreeNode): { name: string; text: string } | undefined {
  const wrong = reason ?? (ejected && ejectedText(ejected));
  if (wrong !== undefined) return { name: "wrong", text: wrong };
  if (busy) return { name: "busy", text: busyText(busy) };
  const why = scaling && scalingReason(scaling);
  return why === undefined ? undefined : { name: "why", text: why };
}

export function busyText({ method, ageMs, limitMs }: NonNullable<TreeNode["busy"]>): string {
  const of = limitMs === undefined ? "" : ` of ${durationText(limitMs)}`;
  return `busy with ${method} for ${durationText(ageMs)}${of}`;
}

function foldedText(below: number, down: number): string {
  return down === 0 ? `${below} inside` : `${below} inside, ${down} not running`;
}
