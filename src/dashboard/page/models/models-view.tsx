import { useEffect, useState } from "preact/hooks";
import { ageText } from "../../../observe/age-text.js";
import { useLive } from "../kit/live.js";
import { durationText } from "../kit/number-text.js";
import { tableRole } from "../kit/table-role.js";
import type { Operator } from "../operator.js";
import type { PageState } from "../page-state.js";
import { problemText } from "../problem.js";
import { ModelControls } from "./model-controls.js";
import { type ModelRow, type ModelsRead, readModels } from "./read-models.js";

/** How often the models are read while they are looked at. */
const READ_MS = 2000;

type Known =
  | { readonly kind: "reading" }
  | { readonly kind: "none" }
  | { readonly kind: "failed"; readonly text: string }
  | ModelsRead;

interface ModelsViewProps {
  readonly state: PageState;
  readonly operator: Operator;
  token(): string;
}

/** The models and their versions: what answers, how often, how fast; and what an operator may do with them. */
export function ModelsView({ state, operator, token }: ModelsViewProps) {
  const link = useLive(state.link);
  const [known, setKnown] = useState<Known>({ kind: "reading" });
  useEffect(() => {
    // Another connection may be to another server: what was known stays until it is there.
    if (link.kind !== "connected") return;
    if (!link.http.includes("/v2")) {
      setKnown({ kind: "none" });
      return;
    }
    let left = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      const next = await readNow(token());
      if (left) return;
      setKnown(next);
      // Whoever is refused is not asked again before the next connection; a server that fails may come back.
      if (next.kind !== "refused") timer = setTimeout(read, READ_MS);
    };
    void read();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [link]);
  return (
    <section class="card" aria-labelledby="models-title">
      <header class="card-head">
        <h2 id="models-title">Models</h2>
      </header>
      {known.kind === "reading" && <p class="empty">Asking the server…</p>}
      {known.kind === "none" && (
        <p class="empty">This server serves no models over the Open Inference Protocol (V2).</p>
      )}
      {(known.kind === "failed" || known.kind === "refused") && <p class="problem">{known.text}</p>}
      {known.kind === "read" && known.rows.length === 0 && <p class="empty">The repository holds no model.</p>}
      {known.kind === "read" && known.rows.length > 0 && (
        <ModelTable rows={known.rows} now={state.clock.now()} operator={operator} />
      )}
    </section>
  );
}

interface ModelTableProps {
  readonly rows: readonly ModelRow[];
  /** Milliseconds since 1970, by the server. */
  readonly now: number;
  readonly operator: Operator;
}

function ModelTable({ rows, now, operator }: ModelTableProps) {
  return (
    <table class="wide" {...tableRole.table}>
      <thead {...tableRole.group}>
        <tr {...tableRole.row}>
          <th scope="col" {...tableRole.column}>
            Model
          </th>
          <th scope="col" {...tableRole.column}>
            Version
          </th>
          <th scope="col" {...tableRole.column}>
            State
          </th>
          <th scope="col" {...tableRole.column} class="number">
            Answered
          </th>
          <th scope="col" {...tableRole.column} class="number">
            Failed
          </th>
          <th scope="col" {...tableRole.column} class="number">
            Mean
          </th>
          <th scope="col" {...tableRole.column}>
            Last asked
          </th>
          <th scope="col" {...tableRole.column}>
            <span class="unseen">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody {...tableRole.group}>
        {rows.map((row) => (
          <ModelLine key={`${row.name}/${row.version}`} row={row} now={now} operator={operator} />
        ))}
      </tbody>
    </table>
  );
}

interface ModelLineProps extends Omit<ModelTableProps, "rows"> {
  readonly row: ModelRow;
}

function ModelLine({ row, now, operator }: ModelLineProps) {
  const { name, version, state, reason, answered, failed, meanMs, lastAt } = row;
  return (
    <tr {...tableRole.row} data-model={`${name}/${version}`}>
      <th scope="row" {...tableRole.name}>
        {name}
      </th>
      <td {...tableRole.cell} data-label="Version">
        {version}
      </td>
      <td {...tableRole.cell} data-label="State">
        <span class="chip" data-model-state={state}>
          {state.toLowerCase()}
        </span>
        {reason !== "" && <span class="note wrong"> {reason}</span>}
      </td>
      <td {...tableRole.cell} data-label="Answered" class="number">
        {answered.toLocaleString("en")}
      </td>
      <td {...tableRole.cell} data-label="Failed" class={failed > 0 ? "number some" : "number"}>
        {failed.toLocaleString("en")}
      </td>
      <td {...tableRole.cell} data-label="Mean" class="number">
        {meanMs === undefined ? "–" : durationText(meanMs)}
      </td>
      <td {...tableRole.cell} data-label="Last asked">
        {lastAt === 0 ? "never" : ageText(Math.max(0, now - lastAt))}
      </td>
      <td {...tableRole.cell} class="full">
        <ModelControls row={row} operator={operator} />
      </td>
    </tr>
  );
}

async function readNow(token: string): Promise<Known> {
  try {
    return await readModels(token);
  } catch (error) {
    return { kind: "failed", text: problemText(error) };
  }
}
