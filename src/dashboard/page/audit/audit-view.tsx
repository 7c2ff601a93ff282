import type { AuditEntry } from "../../../system/audit.js";
import { useLive } from "../kit/live.js";
import { Locked } from "../kit/locked.js";
import { durationText } from "../kit/number-text.js";
import { tableRole } from "../kit/table-role.js";
import { useOperatorsRead } from "../kit/use-operators-read.js";
import type { Operator } from "../operator.js";
import type { PageState } from "../page-state.js";
import { actorText, actText, outcomeText, whenText } from "./audit-text.js";

/** Entries that are shown, the newest; the server keeps more, and a file where it was given one. */
const SHOWN = 200;

interface AuditViewProps {
  readonly state: PageState;
  readonly operator: Operator;
}

/** What operators did and tried: when, who, what, and how it ended. */
export function AuditView({ state, operator }: AuditViewProps) {
  const told = useLive(state.outcome);
  const known = useOperatorsRead(operator, (admin) => admin.audits({ limit: SHOWN }), told);
  const entries = known.kind === "read" ? [...known.value].sort((a, b) => b.id - a.id) : [];
  return (
    <section class="card" aria-labelledby="audit-title">
      <header class="card-head">
        <h2 id="audit-title">Audit</h2>
        <p class="soft">What operators did, and what they were refused.</p>
      </header>
      {known.kind === "locked" && (
        <Locked
          operator={operator}
          what="the audit log"
          why="It names who did what, so it is the operators' own."
          look={(admin) => admin.audits({ limit: 1 })}
        />
      )}
      {known.kind === "failed" && <p class="problem">{known.text}</p>}
      {known.kind === "read" && entries.length === 0 && <p class="empty">Nobody has done anything yet.</p>}
      {entries.length > 0 && <AuditTable entries={entries} />}
    </section>
  );
}

function AuditTable({ entries }: { readonly entries: readonly AuditEntry[] }) {
  return (
    <table class="wide" {...tableRole.table}>
      <thead {...tableRole.group}>
        <tr {...tableRole.row}>
          <th scope="col" {...tableRole.column}>
            Act
          </th>
          <th scope="col" {...tableRole.column}>
            When
          </th>
          <th scope="col" {...tableRole.column}>
            Who
          </th>
          <th scope="col" {...tableRole.column}>
            Outcome
          </th>
          <th scope="col" {...tableRole.column} class="number">
            Took
          </th>
        </tr>
      </thead>
      <tbody {...tableRole.group}>
        {entries.map((entry) => (
          <tr {...tableRole.row} key={entry.id} data-audit={entry.id}>
            <th scope="row" {...tableRole.name}>
              {actText(entry)}
            </th>
            <td {...tableRole.cell} data-label="When">
              {whenText(entry)}
            </td>
            <td {...tableRole.cell} data-label="Who">
              {actorText(entry)}
            </td>
            <td {...tableRole.cell} data-label="Outcome">
              <span class="chip" data-outcome={entry.outcome}>
                {outcomeText(entry)}
              </span>
              {entry.missed !== undefined && <span class="soft"> and {entry.missed} more before it</span>}
            </td>
            <td {...tableRole.cell} data-label="Took" class="number">
              {durationText(entry.tookMs)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
