import { ageText } from "../../../observe/age-text.js";
import { servedState } from "../../../observe/served-state.js";
import type { TreeNode } from "../../../system/tree.js";
import { useLive } from "../kit/live.js";
import { countText } from "../kit/number-text.js";
import { StateMark } from "../kit/state-mark.js";
import { tableRole } from "../kit/table-role.js";
import type { PageState } from "../page-state.js";
import { MailboxBar } from "../tree/mailbox-bar.js";
import { sizeText } from "../tree/tree-row.js";

const by = { rule: "its rule", hand: "hand", judge: "undone" } as const;

/** Every pool and keyed group: its size, who gave it, when and why. */
export function PoolsView({ state }: { readonly state: PageState }) {
  const tree = useLive(state.tree);
  useLive(state.looked);
  const pools = tree ? groupsOf(tree) : [];
  return (
    <section class="card" aria-labelledby="pools-title">
      <header class="card-head">
        <h2 id="pools-title">Pools</h2>
        <p class="soft">Their sizes, who gave them, and why they stay.</p>
      </header>
      {pools.length === 0 ? (
        <p class="empty">This system has no pool and no keyed group.</p>
      ) : (
        <table class="wide" {...tableRole.table}>
          <thead {...tableRole.group}>
            <tr {...tableRole.row}>
              <th scope="col" {...tableRole.column}>
                Pool
              </th>
              <th scope="col" {...tableRole.column}>
                Members
              </th>
              <th scope="col" {...tableRole.column}>
                Mailbox
              </th>
              <th scope="col" {...tableRole.column} class="number">
                Rate
              </th>
              <th scope="col" {...tableRole.column}>
                Size by
              </th>
              <th scope="col" {...tableRole.column}>
                Why
              </th>
            </tr>
          </thead>
          <tbody {...tableRole.group}>
            {pools.map((node) => (
              <PoolLine key={node.path} node={node} rate={state.series.of(node.path)?.latest("rate")} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function PoolLine({ node, rate }: { readonly node: TreeNode; readonly rate: number | undefined }) {
  const { path, mailbox, scaling, reason } = node;
  const state = servedState(node);
  return (
    <tr {...tableRole.row} data-pool={path}>
      <th scope="row" {...tableRole.name}>
        <StateMark state={state} /> {path}
        {state !== "running" && <span class="soft"> {state}</span>}
      </th>
      <td {...tableRole.cell} data-label="Members">
        {scaling ? sizeText(scaling) : ""}
      </td>
      <td {...tableRole.cell} data-label="Mailbox">
        {mailbox && <MailboxBar mailbox={mailbox} />}
      </td>
      <td {...tableRole.cell} data-label="Rate" class="number">
        {rate === undefined ? "–" : `${countText(rate)}/s`}
      </td>
      <td {...tableRole.cell} data-label="Size by">
        {scaling ? `${by[scaling.by]}, ${ageText(scaling.sinceMs)}` : ""}
      </td>
      <td {...tableRole.cell} data-label="Why">
        {reason !== undefined && <span class="note wrong">{reason} </span>}
        {scaling?.why}
        {scaling?.stays !== undefined && <span class="soft">; stays: {scaling.stays}</span>}
      </td>
    </tr>
  );
}

function groupsOf(node: TreeNode): TreeNode[] {
  const below = (node.children ?? []).flatMap(groupsOf);
  return node.kind === "pool" || node.kind === "keyed" ? [node, ...below] : below;
}
