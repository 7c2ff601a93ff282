import { scalingReason } from "../../../observe/scaling-text.js";
import { servedState } from "../../../observe/served-state.js";
import { ejectedText, type TreeNode } from "../../../system/tree.js";
import { whoText } from "../incidents/report-text.js";
import { Fact } from "../kit/fact.js";
import { useLive } from "../kit/live.js";
import { durationText } from "../kit/number-text.js";
import { StateMark } from "../kit/state-mark.js";
import type { Operator } from "../operator.js";
import type { PageState } from "../page-state.js";
import { busyText, sizeText, whereOf } from "../tree/tree-row.js";
import { Charts } from "./charts.js";
import { Controls } from "./controls.js";

/** Deaths that are listed of one node. */
const DEATHS_SHOWN = 5;

interface NodePanelProps {
  readonly state: PageState;
  readonly operator: Operator;
}

/** What is known of the chosen node, and what can be done with it. */
export function NodePanel({ state, operator }: NodePanelProps) {
  const tree = useLive(state.tree);
  useLive(state.selected);
  const looked = useLive(state.looked);
  if (!tree) return null;
  const node = state.chosenNode;
  if (!node) return <p class="empty">It is no longer in the tree.</p>;
  // What can be done with it is decided by its own state; what its callers meet is told.
  const served = servedState(node);
  return (
    <>
      <header class="node-head" data-state={served}>
        <StateMark state={served} />
        <div>
          <h2 id="node-title">{node.name}</h2>
          <p class="soft path">
            {node.path} · {node.kind}
          </p>
        </div>
        <span class="state-word">{served}</span>
      </header>
      <Told node={node} />
      <Charts points={state.series.of(node.path)} looked={looked} />
      <Controls node={node} operator={operator} />
      <NodeFacts node={node} />
      <NodeDeaths state={state} node={node} />
    </>
  );
}

/** What is wrong, what it does, why it has its size: in this order. */
function Told({ node: { reason, ejected, busy, scaling } }: { readonly node: TreeNode }) {
  const why = scaling && scalingReason(scaling);
  return (
    <>
      {reason !== undefined && <p class="note wrong">{reason}</p>}
      {ejected && <p class="note wrong">{ejectedText(ejected)}</p>}
      {busy && <p class="note busy">{busyText(busy)}</p>}
      {why !== undefined && <p class="note why">{why}</p>}
    </>
  );
}

function NodeFacts({ node }: { readonly node: TreeNode }) {
  const { incarnation, restarts, mailbox, answered, spare, standby, scaling, children = [] } = node;
  const where = whereOf(node);
  return (
    <dl class="facts">
      {where !== "" && <Fact name="Runs in">{where}</Fact>}
      {incarnation !== undefined && <Fact name="Incarnation">{incarnation}</Fact>}
      <Fact name="Restarts">{restarts}</Fact>
      {mailbox && <Fact name="Waiting">{`${mailbox.waiting} of ${mailbox.capacity}`}</Fact>}
      {mailbox && <Fact name="Executing">{mailbox.executing}</Fact>}
      {answered !== undefined && <Fact name="Answered">{answered.toLocaleString("en")}</Fact>}
      {scaling && <Fact name="Members">{sizeText(scaling)}</Fact>}
      {!scaling && children.length > 0 && <Fact name="Children">{children.length}</Fact>}
      {spare && <Fact name="Spare">{spare}</Fact>}
      {standby && <Fact name="Standby">{standby}</Fact>}
    </dl>
  );
}

function NodeDeaths({ state, node: { path } }: { readonly state: PageState; readonly node: TreeNode }) {
  const reports = useLive(state.incidents);
  const own = reports.filter((report) => report.path === path || report.path.startsWith(`${path}/`));
  if (own.length === 0) return null;
  return (
    <>
      <h3>Latest deaths</h3>
      <ul class="deaths">
        {own.slice(0, DEATHS_SHOWN).map((report) => (
          <li key={report.id}>
            <button type="button" class="plain" onClick={() => state.opened.set(report.id)}>
              {whoText(report)} · {report.cause.kind} · {durationText(Math.max(0, state.clock.now() - report.at))} ago
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
